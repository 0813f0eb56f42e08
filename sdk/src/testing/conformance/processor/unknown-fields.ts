import * as Effect from "effect/Effect"
import type { Json } from "../../../avro/type.ts"
import type { FixtureCase } from "../../fixture/fixture-file.ts"
import { isList, isObject } from "../../fixture/fixture-value.ts"
import { cutDifferences } from "../../fixture/compare-outcome.ts"
import type { Outcome } from "../../fixture/outcome.ts"
import type { ReadyCase } from "../../fixture/run-case.ts"
import { failedRun, findingOf } from "../differing.ts"
import { inputType, schemaJson } from "../generated-rows.ts"
import { untried, verdictOf } from "../rule.ts"
import { editRows, isTime } from "../rows.ts"
import { type Check, shown } from "../subject.ts"
import { processorRules } from "./processor-rules.ts"
import type { ProcessorSubject } from "./processor-subject.ts"

const extra = "field_of_a_later_version"

const unknownFields: Check<ProcessorSubject> = {
  rule: processorRules.unknownFields,
  try: Effect.fnUntraced(function* ({ ready, run, whole }) {
    const given = widened(ready)
    if (given === undefined) return untried("its inputs are of several contracts")
    const expected = yield* whole
    const wide = yield* run({}, given)
    const did = `added a field ${extra} to every record`
    return verdictOf([
      failedRun(did, wide),
      findingOf(did, cutDifferences(strip(expected), strip(wide), "processor")),
      passesOn(ready) ? lost(did, wide) : undefined
    ])
  })
}

/** The case with one more field in each record, of its schema and of its values. */
const widened = (ready: ReadyCase): FixtureCase | undefined => {
  const { case: given, manifest } = ready
  const [only, ...others] = manifest.inputs
  if (only === undefined || others.length > 0 || given.inputs !== undefined) return undefined
  const { fields, ...schema } = schemaJson(inputType(ready, only))
  const wide = [...(isList(fields) ? fields : []), { name: extra, type: "string" }]
  const key = given.key ?? (only.contract.form === "closed" ? only.contract.key : undefined)
  return {
    ...editRows(given, (rows) => rows.map((row, at) => (isTime(row) ? row : withField(row, `of ${at}`)))),
    schema: { ...schema, fields: wide },
    ...(key === undefined ? {} : { key })
  }
}

const withField = (row: Json, value: string): Json => {
  if (!isObject(row)) return row
  if (!Object.keys(row).some((name) => name.startsWith("$"))) return { ...row, [extra]: value }
  const { $value = null } = row
  return { ...row, $value: withField($value, value) }
}

/** An open output, and one of the input's own bytes, have all of its fields. */
const passesOn = ({ manifest }: ReadyCase): boolean =>
  manifest.outputs.some(({ contract }) => contract.form === "open" || contract.form === "same") &&
  manifest.inputs.every(({ contract }) => contract.form === "open")

const lost = (did: string, { outputs }: Outcome) => {
  const found = Object.entries(outputs).flatMap(([output, records]) =>
    records
      .filter(({ value }) => isObject(value) && !Object.hasOwn(value, extra))
      .map((record) => ({ output, record }))
  )
  const [first] = found
  if (first === undefined) return undefined
  return { did, expected: `it in the records of ${first.output}`, came: shown(first.record.value) }
}

/** Without the field, at any depth: what a plugin makes of whole records has it inside. */
const strip = (outcome: Outcome): Outcome => ({
  ...outcome,
  outputs: Object.fromEntries(
    Object.entries(outcome.outputs).map(([name, records]) => [
      name,
      records.map((record) => ({ ...record, value: without(record.value) }))
    ])
  ),
  state: Object.fromEntries(
    Object.entries(outcome.state).map(([name, rows]) => [
      name,
      rows.flatMap((row) => {
        const plain = without(row)
        return isObject(plain) ? [plain] : []
      })
    ])
  ),
  deadLetters: outcome.deadLetters.flatMap((letter) => {
    const plain = without(letter)
    return isObject(plain) ? [plain] : []
  })
})

const without = (json: Json): Json => {
  if (isList(json)) return json.map(without)
  if (!isObject(json)) return json
  return Object.fromEntries(
    Object.entries(json).flatMap(([name, value]) => (name === extra ? [] : [[name, without(value)] as const]))
  )
}

export const fieldChecks: readonly Check<ProcessorSubject>[] = [unknownFields]
