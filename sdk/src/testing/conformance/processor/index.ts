import type { Check } from "../subject.ts"
import { capabilityChecks } from "./failing-capability.ts"
import { keysAndDeletes } from "./keys-and-deletes.ts"
import type { ProcessorSubject } from "./processor-subject.ts"
import { refusals } from "./refusals.ts"
import { repeatedRuns } from "./repeated-runs.ts"
import { fieldChecks } from "./unknown-fields.ts"

export const processorChecks: readonly Check<ProcessorSubject>[] = [
  ...repeatedRuns,
  ...refusals,
  ...keysAndDeletes,
  ...fieldChecks,
  ...capabilityChecks
]
