import type * as fc from "fast-check"
import { schemaText } from "../../avro/json.ts"
import type { Json, RecordType } from "../../avro/type.ts"
import type { PluginManifest } from "../../manifest/manifest.ts"
import type { FixtureCase } from "../fixture/fixture-file.ts"
import { entriesOf } from "../fixture/fixture-rows.ts"
import { givenType, streamType } from "../fixture/fixture-streams.ts"
import { fixtureValue, isObject, jsonOf, valueOfFixture } from "../fixture/fixture-value.ts"
import type { ReadyCase } from "../fixture/run-case.ts"
import { recordsOf } from "../records/records-of-boundary.ts"
import { sampleOf } from "../records/sample-records.ts"
import { keyFields } from "./key-fields.ts"

type Input = PluginManifest["inputs"][number]

/** The type of an input's records: as given, of its contract, or made of the records. */
export const inputType = ({ case: given, fixture, manifest, path }: ReadyCase, input: Input): RecordType => {
  const own = given.inputs?.[input.name]
  const schema = (own !== undefined && "records" in own ? own.schema : undefined) ?? given.schema
  const written = schema === undefined ? undefined : givenType(fixture.file, schema, [...path, "schema"])
  const rows = entriesOf(given, manifest, path).flatMap((entry) =>
    entry.kind === "record" && entry.row.input === input.name ? [entry.row] : []
  )
  return streamType(input.contract, written, rows, given.config)
}

/**
 * A case that says the schema of each of its inputs: other records than its own must not make another one. A closed contract
 * says its own.
 */
export const withSchemas = (ready: ReadyCase): FixtureCase => {
  const { case: given, manifest } = ready
  const [only, ...others] = manifest.inputs
  const { inputs } = given
  if (inputs === undefined) {
    if (only === undefined || others.length > 0 || only.contract.form === "closed") return given
    return { ...given, schema: schemaJson(inputType(ready, only)) }
  }
  const pinned = manifest.inputs.flatMap((input) => {
    const stream = inputs[input.name]
    if (stream === undefined) return []
    if (input.contract.form === "closed") return [[input.name, stream] as const]
    const whole = "records" in stream ? stream : { records: stream }
    return [[input.name, { ...whole, schema: schemaJson(inputType(ready, input)) }] as const]
  })
  return { ...given, inputs: Object.fromEntries(pinned) }
}

export const schemaJson = (type: RecordType): { readonly [key: string]: Json } => {
  const json: unknown = JSON.parse(schemaText(type))
  const schema = jsonOf(json)
  return isObject(schema) ? schema : {}
}

/** Records of an input at the edges of its type, as a fixture writes them; undefined for an input that there is not. */
export const generatedRow = (ready: ReadyCase, name: string | undefined): fc.Arbitrary<Json> | undefined => {
  const input = ready.manifest.inputs.find((each) => name === undefined || each.name === name)
  if (input === undefined) return undefined
  const type = inputType(ready, input)
  return recordsOf(type)
    .map((value) => rowOf(type, value))
    .filter((row) => row !== undefined)
}

/** Undefined for the few values that a fixture cannot say. */
const rowOf = (type: RecordType, value: unknown): Json | undefined => {
  try {
    const row = fixtureValue(type, value)
    valueOfFixture(type, row)
    return row
  } catch {
    return undefined
  }
}

const rowCount = 18
const firstTime = Date.UTC(2024, 0, 1)
const stepMs = 60_000
/** Records between two watermarks, each of which is so many steps behind. */
const watermarkEvery = 6

/**
 * A case with plausible records where it has none: few different keys, a minute between two; watermarks for what has timers.
 * Undefined where nothing is known of an input's fields.
 */
export const withRecords = (ready: ReadyCase): FixtureCase | undefined => {
  const { case: given, manifest } = ready
  if (given.inputs !== undefined || (given.input ?? []).length > 0) return given
  const inputs = manifest.inputs
  if (inputs.some(({ contract }) => contract.form === "derived") && given.schema === undefined)
    return undefined
  const samples = inputs.map((input) => ({ name: input.name, values: sampleValues(ready, input) }))
  const input = Array.from({ length: rowCount }, (_, at): readonly Json[] => {
    const { name, values } = samples[at % samples.length]!
    const value = values[Math.floor(at / samples.length)]
    if (value === undefined) return []
    const time = firstTime + at * stepMs
    const row: Json = { $value: value, $timestamp: time, ...(samples.length > 1 ? { $input: name } : {}) }
    const isMark = manifest.timers && at % watermarkEvery === watermarkEvery - 1
    return isMark ? [row, { $watermark: time - 2 * stepMs }] : [row]
  })
  return { ...given, input: input.flat() }
}

/** Different keys among them. */
const keyCount = 3

const sampleValues = (ready: ReadyCase, input: Input): readonly Json[] => {
  const type = inputType(ready, input)
  const rows = sampleOf(type, { count: rowCount, seed: 11 }).flatMap((value) => rowOf(type, value) ?? [])
  const names = keyFields(ready, input)
  const isKeyed =
    ready.manifest.state.length > 0 || ready.manifest.timers || ready.manifest.sink !== undefined
  if (names.length === 0 || !isKeyed) return rows
  return rows.map((row, at) => {
    const other = rows[at % keyCount]
    if (!isObject(row) || !isObject(other)) return row
    return { ...row, ...Object.fromEntries(names.map((name) => [name, other[name] ?? null])) }
  })
}

/** So many plausible records, without anything between them. */
export const manyRecords = (ready: ReadyCase, count: number): FixtureCase => {
  const [input] = ready.manifest.inputs
  if (input === undefined) return ready.case
  const type = inputType(ready, input)
  const { inputs: _, ...given } = ready.case
  const rows = sampleOf(type, { count, seed: 5 }).flatMap((value) => rowOf(type, value) ?? [])
  const key = keyFields(ready, input)
  return { ...given, schema: schemaJson(type), key, input: rows.map((value) => ({ $value: value })) }
}
