import * as fc from "fast-check"
import * as Effect from "effect/Effect"
import type { Json } from "../../../avro/type.ts"
import { cutDifferences } from "../../fixture/compare-outcome.ts"
import type { FixtureCase } from "../../fixture/fixture-file.ts"
import type { Outcome } from "../../fixture/outcome.ts"
import { generatedRow } from "../generated-rows.ts"
import { failedRun, findingOf } from "../differing.ts"
import { type Finding, untried, verdictOf } from "../rule.ts"
import { editRows, isOneOf, isTime } from "../rows.ts"
import { type Check, shown } from "../subject.ts"
import { processorRules } from "./processor-rules.ts"
import type { ProcessorSubject } from "./processor-subject.ts"

/** Records at the edges of their types, put between the others. */
const edgeCount = 16

/** The case with edge records between its own; undefined where none can be made. */
const withEdges = ({ ready }: ProcessorSubject): FixtureCase | undefined => {
  let made = 0
  const given = editRows(ready.case, (rows, name) => {
    const generate = generatedRow(ready, name)
    if (generate === undefined) return rows
    const edges = fc.sample(generate, { seed: 1, numRuns: edgeCount })
    made += edges.length
    const timed: Json[] = []
    for (const [place, row] of rows.entries()) {
      const time = Math.floor((place * edges.length) / rows.length)
      const next = Math.floor(((place + 1) * edges.length) / rows.length)
      timed.push(row, ...edges.slice(time, next).map((edge) => likeRow(edge, row)))
    }
    return timed
  })
  return made === 0 ? undefined : given
}

/** At the time of its neighbour. */
const likeRow = (value: Json, row: Json): Json => {
  if (isTime(row) || typeof row !== "object" || row === null || !("$value" in row)) return { $value: value }
  const { $input, $timestamp } = Object(row)
  return {
    $value: value,
    ...($timestamp === undefined ? {} : { $timestamp }),
    ...($input === undefined ? {} : { $input })
  }
}

/** What a codec says of a value that does not fit: `at FIELD: …`, or what it expected. */
const misfit = /^(?:at \S+: |expected )/

/** Dead letters without a tag, which the records themselves are to blame for or the plugin is. */
const untagged = ({ deadLetters }: Outcome, isOfOutput: boolean): readonly Finding[] =>
  deadLetters.flatMap(({ code, message, tag, value }) => {
    if (tag !== undefined || code === "RECORD_INVALID") return []
    if (misfit.test(shown(message)) !== isOfOutput) return []
    return [
      {
        did: `gave it the record ${shown(value)}`,
        expected: isOfOutput ? "an output that fits its contract" : "a result, or a tagged error",
        came: `${shown(code)}: ${shown(message)}`
      }
    ]
  })

const judged = (isOfOutput: boolean): Check<ProcessorSubject>["try"] =>
  Effect.fnUntraced(function* (subject) {
    const whole = yield* subject.whole
    const given = withEdges(subject)
    const edged = given === undefined ? undefined : yield* subject.run({}, given)
    return verdictOf([
      ...untagged(whole, isOfOutput),
      ...(edged === undefined
        ? []
        : [failedRun("gave it records at the edges of their types", edged), ...untagged(edged, isOfOutput)])
    ])
  })

const ownErrors: Check<ProcessorSubject> = { rule: processorRules.ownErrors, try: judged(false) }
const fitsOutput: Check<ProcessorSubject> = { rule: processorRules.fitsOutput, try: judged(true) }

const poisonAlone: Check<ProcessorSubject> = {
  rule: processorRules.poisonAlone,
  try: Effect.fnUntraced(function* (subject) {
    const { ready, run } = subject
    const given = withEdges(subject) ?? ready.case
    const whole = yield* run({}, given)
    const failed = whole.failedAt ?? []
    if (whole.error !== undefined) return verdictOf([failedRun("ran it", whole)])
    if (failed.length === 0) return untried("no record of the case or generated one fails")
    const alone = yield* run({ omit: isOneOf(failed) }, given)
    const without = { ...whole, deadLetters: [] }
    return verdictOf([
      findingOf(
        `took away the ${failed.length} records that fail`,
        cutDifferences({ ...alone, deadLetters: [] }, without, "processor")
      )
    ])
  })
}

/** Records that a processor may refuse, and how. */
export const refusals: readonly Check<ProcessorSubject>[] = [ownErrors, fitsOutput, poisonAlone]
