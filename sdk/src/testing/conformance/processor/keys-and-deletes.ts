import * as Effect from "effect/Effect"
import type { Json } from "../../../avro/type.ts"
import { cutDifferences } from "../../fixture/compare-outcome.ts"
import type { Outcome, OutcomeRecord } from "../../fixture/outcome.ts"
import { failedRun, findingOf } from "../differing.ts"
import { type Finding, untried, verdictOf } from "../rule.ts"
import { editRows } from "../rows.ts"
import { type Check, shown } from "../subject.ts"
import { processorRules } from "./processor-rules.ts"
import type { ProcessorSubject } from "./processor-subject.ts"

/** Keys that are run by themselves. */
const maxKeys = 3

/** What each key gives when its records come alone. */
const aloneRuns = Effect.fnUntraced(function* ({ run }: ProcessorSubject, whole: Outcome) {
  const keys = whole.rowKeys ?? {}
  const names = [...new Set(Object.values(keys).flat().map(textOf))]
  const runs: { readonly key: string; readonly outcome: Outcome }[] = []
  for (const key of names.slice(0, maxKeys)) {
    const omit = (input: string, place: number) => textOf(keys[input]?.[place] ?? null) !== key
    runs.push({ key, outcome: yield* run({ omit }) })
  }
  return { names, runs }
})

const textOf = (json: Json): string => JSON.stringify(json)

/** A record of an output, to find it again; without what says when it came. */
const nameOf = ({ key, value }: OutcomeRecord): string => JSON.stringify([value, key])
const wholeName = ({ headers, key, timestamp, value }: OutcomeRecord): string =>
  JSON.stringify([value, key, timestamp, headers])

const namesIn = (outcome: Outcome, name: typeof nameOf): ReadonlyMap<string, readonly string[]> =>
  new Map(Object.entries(outcome.outputs).map(([output, records]) => [output, records.map(name)]))

const keysApart: Check<ProcessorSubject> = {
  rule: processorRules.keysApart,
  try: Effect.fnUntraced(function* (subject) {
    const whole = yield* subject.whole
    if (whole.error !== undefined) return verdictOf([failedRun("ran it", whole)])
    const { names, runs } = yield* aloneRuns(subject, whole)
    if (names.length < 2) return untried("its records have no different keys")
    const all = namesIn(whole, wholeName)
    return verdictOf(runs.flatMap(({ key, outcome }) => missing(key, namesIn(outcome, wholeName), all)))
  })
}

/** What a key gave alone and does not give among others. */
const missing = (
  key: string,
  alone: ReadonlyMap<string, readonly string[]>,
  all: ReadonlyMap<string, readonly string[]>
): readonly Finding[] =>
  [...alone].flatMap(([output, records]) => {
    const left = [...(all.get(output) ?? [])]
    const lost = records.find((record) => {
      const at = left.indexOf(record)
      if (at >= 0) left.splice(at, 1)
      return at < 0
    })
    if (lost === undefined) return []
    return [
      {
        did: `ran the records of key ${key} alone, and among those of other keys`,
        expected: `${output}: ${shown(lost)}, as alone`,
        came: "other records of this key, or none"
      }
    ]
  })

const keyOrder: Check<ProcessorSubject> = {
  rule: processorRules.keyOrder,
  try: Effect.fnUntraced(function* (subject) {
    const whole = yield* subject.whole
    if (whole.error !== undefined) return verdictOf([failedRun("ran it", whole)])
    const { names, runs } = yield* aloneRuns(subject, whole)
    if (names.length < 2) return untried("its records have no different keys")
    const all = namesIn(whole, nameOf)
    return verdictOf(runs.flatMap(({ key, outcome }) => disorder(key, namesIn(outcome, nameOf), all)))
  })
}

/** What a key gave must stand among the others' in the same order. What does not stand there at all is another rule's. */
const disorder = (
  key: string,
  alone: ReadonlyMap<string, readonly string[]>,
  all: ReadonlyMap<string, readonly string[]>
): readonly Finding[] =>
  [...alone].flatMap(([output, records]) => {
    const own = new Set(records)
    const among = (all.get(output) ?? []).filter((record) => own.has(record))
    const known = records.filter((record) => among.includes(record))
    const at = known.findIndex((record, place) => among[place] !== record)
    if (at < 0 || new Set(known).size < known.length) return []
    return [
      {
        did: `ran the records of key ${key} among those of other keys`,
        expected: `${output}: ${shown(known[at])} at place ${at} of its key`,
        came: shown(among[at] ?? "nothing")
      }
    ]
  })

const deletes: Check<ProcessorSubject> = {
  rule: processorRules.deletes,
  try: Effect.fnUntraced(function* (subject) {
    const { ready, run } = subject
    const whole = yield* subject.whole
    const keys = whole.rowKeys ?? {}
    const first = ready.manifest.inputs[0]?.name ?? "input"
    const given = editRows(ready.case, (rows, name) => {
      const own = (keys[name ?? first] ?? []).filter((key) => key !== null)
      const [key] = own
      const last = own.at(-1)
      const middle = Math.ceil(rows.length / 2)
      return [deleteOf(key), ...rows.slice(0, middle), deleteOf(last), ...rows.slice(middle), deleteOf(key)]
    })
    const deleted = yield* run({}, given)
    const cut = yield* run({ size: 1 }, given)
    const refused = deleted.deadLetters.find(({ value }) => value === null)
    return verdictOf([
      failedRun("put deletes between the records", deleted),
      refused === undefined
        ? undefined
        : {
            did: "put deletes between the records, the first for a key that was never there",
            expected: "no dead letter",
            came: shown(refused)
          },
      findingOf("ran it with deletes, record by record", cutDifferences(deleted, cut, "processor"))
    ])
  })
}

const deleteOf = (key: Json | undefined): Json =>
  key === undefined ? { $value: null } : { $value: null, $key: key }

export const keysAndDeletes: readonly Check<ProcessorSubject>[] = [keysApart, keyOrder, deletes]
