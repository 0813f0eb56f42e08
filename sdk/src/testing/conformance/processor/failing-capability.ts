import * as Effect from "effect/Effect"
import { cutDifferences } from "../../fixture/compare-outcome.ts"
import type { Outcome } from "../../fixture/outcome.ts"
import { failedRun, findingOf } from "../differing.ts"
import { type Fault, faultsOf, someRequests, Watch } from "../faults.ts"
import { isOneOf } from "../rows.ts"
import { type Finding, untried, verdictOf } from "../rule.ts"
import { type Check, shown } from "../subject.ts"
import { processorRules } from "./processor-rules.ts"
import type { ProcessorSubject } from "./processor-subject.ts"

const failingCapability: Check<ProcessorSubject> = {
  rule: processorRules.failingCapability,
  try: Effect.fnUntraced(function* (subject) {
    const watch = new Watch()
    const whole = yield* subject.run({ intercept: watch.intercept })
    if (watch.seen.length === 0) return untried("it asks for nothing")
    const findings: (Finding | undefined)[] = [failedRun("ran it", whole)]
    for (const [at, { handle }] of someRequests(watch.seen))
      for (const fault of faultsOf(subject.ready.manifest, handle, at))
        findings.push(...(yield* failOnce(subject, fault)))
    return verdictOf(findings)
  })
}

const failOnce = Effect.fnUntraced(function* (subject: ProcessorSubject, fault: Fault) {
  const watch = new Watch(fault)
  const outcome = yield* subject.run({ intercept: watch.intercept })
  const did = `ran it where ${fault.what}`
  return [failedRun(did, outcome), ...untagged(did, outcome), yield* neighbours(subject, did, outcome)]
})

const untagged = (did: string, { deadLetters }: Outcome): readonly Finding[] =>
  deadLetters
    .filter(({ tag }) => tag === undefined)
    .map(({ code, message }) => ({
      did,
      expected: "a result, or a tagged error",
      came: `${shown(code)}: ${shown(message)}`
    }))

/** Those that came through gave what they give without those that failed. */
const neighbours = Effect.fnUntraced(function* ({ run }: ProcessorSubject, did: string, outcome: Outcome) {
  const failed = outcome.failedAt ?? []
  if (failed.length === 0) return undefined
  const alone = yield* run({ omit: isOneOf(failed) })
  return findingOf(
    `${did}, and without the ${failed.length} records that failed by it`,
    cutDifferences({ ...alone, deadLetters: [] }, { ...outcome, deadLetters: [] }, "processor")
  )
})

export const capabilityChecks: readonly Check<ProcessorSubject>[] = [failingCapability]
