import * as Effect from "effect/Effect"
import { cutDifferences } from "../../fixture/compare-outcome.ts"
import { timeOf } from "../../fixture/fixture-rows.ts"
import type { Outcome } from "../../fixture/outcome.ts"
import { findingOf } from "../differing.ts"
import { untried, verdictOf } from "../rule.ts"
import type { Check } from "../subject.ts"
import { processorRules } from "./processor-rules.ts"
import { countRows } from "../rows.ts"
import type { ProcessorSubject } from "./processor-subject.ts"

const unlike = (did: string, whole: Outcome, other: Outcome) =>
  findingOf(did, cutDifferences(whole, other, "processor"))

/** Pieces that an input is cut into: a fresh memory takes some milliseconds. */
const pieces = 6

const cutAnywhere: Check<ProcessorSubject> = {
  rule: processorRules.cutAnywhere,
  try: Effect.fnUntraced(function* ({ ready, run, whole }) {
    const expected = yield* whole
    const size = Math.max(1, Math.ceil(countRows(ready) / pieces))
    const fresh = yield* run({ size, isFresh: true })
    const single = yield* run({ size: 1 })
    return verdictOf([
      unlike(`ran it ${recordsAt(size)}, each time with a fresh memory`, expected, fresh),
      unlike("ran it record by record, in one memory", expected, single)
    ])
  })
}

const recordsAt = (size: number): string => (size === 1 ? "record by record" : `${size} records at a time`)

const runTwice: Check<ProcessorSubject> = {
  rule: processorRules.runTwice,
  try: Effect.fnUntraced(function* ({ ready, run, whole }) {
    if (countsRequests(ready)) return untried("its fakes answer only so many times")
    const size = Math.max(1, Math.ceil(countRows(ready) / 3))
    const twice = yield* run({ size, isTwice: true })
    return verdictOf([
      unlike(
        "ran each batch twice in one memory, and threw away what the first run gave",
        yield* whole,
        twice
      )
    ])
  })
}

const countsRequests = ({ case: given }: ProcessorSubject["ready"]): boolean =>
  Object.values(given.http ?? {}).some((routes) => routes.some(({ times }) => times !== undefined))

const later = 86_400_000 * 40 + 3_600_000

const anotherTime: Check<ProcessorSubject> = {
  rule: processorRules.anotherTime,
  try: Effect.fnUntraced(function* ({ ready, run, whole }) {
    const { case: given, manifest, path } = ready
    if (manifest.permissions.some(({ permission }) => permission.kind === "clock"))
      return untried("it declares clock()")
    const expected = yield* whole
    if (usesProcessingTime(expected)) return untried("it sets timers by the clock")
    const now = given.now === undefined ? 0 : timeOf(given.now, [...path, "now"])
    const other = yield* run({}, { ...given, now: now + later })
    return verdictOf([unlike("ran it forty days later", expected, other)])
  })
}

const usesProcessingTime = ({ timers }: Outcome): boolean =>
  timers.some(({ clock }) => clock === "processing")

const timersOnce: Check<ProcessorSubject> = {
  rule: processorRules.timersOnce,
  try: Effect.fnUntraced(function* ({ ready, run, whole }) {
    if (!ready.manifest.timers) return untried("it sets no timers")
    const size = Math.max(1, Math.ceil(countRows(ready) / pieces))
    const did = "fired each timer twice, with a fresh memory, and threw away what the first gave"
    return verdictOf([unlike(did, yield* whole, yield* run({ size, isTwice: true, isFresh: true }))])
  })
}

/** The same records, run otherwise. */
export const repeatedRuns: readonly Check<ProcessorSubject>[] = [
  cutAnywhere,
  runTwice,
  anotherTime,
  timersOnce
]
