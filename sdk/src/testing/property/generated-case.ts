import * as fc from "fast-check"
import type { Json, RecordType } from "../../avro/type.ts"
import { nodeKind, type PluginManifest } from "../../manifest/manifest.ts"
import type { FixtureCase } from "../fixture/fixture-file.ts"
import { givenType, streamType } from "../fixture/fixture-streams.ts"
import { fixtureValue, valueOfFixture } from "../fixture/fixture-value.ts"
import { recordsOf } from "../records/records-of-boundary.ts"

/** The records that are generated for a plugin, in a fixture's form; undefined where none can be. */
export const generatedRows = (
  file: string,
  manifest: PluginManifest,
  given: FixtureCase
): fc.Arbitrary<readonly Json[]> | undefined => {
  const [input, ...others] = manifest.inputs
  if (nodeKind(manifest) !== "processor" || input === undefined || others.length > 0) return undefined
  if (input.contract.form === "derived" && given.schema === undefined) return undefined
  const written = given.schema === undefined ? undefined : givenType(file, given.schema, [])
  const type = streamType(input.contract, written, [], given.config)
  const rows = recordsOf(type).map((value) => rowOf(type, value))
  return fc.array(
    rows.filter((row) => row !== undefined),
    { minLength: 1, maxLength: maxRecords }
  )
}

const maxRecords = 8

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

/** What a case says of its plugin's surroundings, with other records. */
export const withRows = (
  { cuts, config, end, files, http, key, now, plugin, schema, seed, tables }: FixtureCase,
  name: string,
  rows: readonly Json[]
): FixtureCase => {
  const kept = { plugin, config, schema, key, tables, now, seed, http, files, cuts, end }
  return { name, ...present(kept), input: rows }
}

const present = (given: { readonly [name: string]: unknown }): Omit<FixtureCase, "name"> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
