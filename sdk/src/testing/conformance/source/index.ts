import type { Check } from "../subject.ts"
import { brokenReads } from "./broken-reads.ts"
import { repeatedReads } from "./repeated-reads.ts"
import { singleReads } from "./single-reads.ts"
import type { SourceSubject } from "./source-subject.ts"

export const sourceChecks: readonly Check<SourceSubject>[] = [
  ...repeatedReads,
  ...singleReads,
  ...brokenReads
]
