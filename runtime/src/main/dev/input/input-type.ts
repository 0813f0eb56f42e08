import { type AvroField, type Json, parseAvro, parseAvroOrThrow, type RecordType } from "@millrace/sdk/avro"
import { type PluginManifest, valueAt } from "@millrace/sdk/manifest"
import type { Config } from "../config.ts"
import { inferType } from "@millrace/sdk/testing"

/** The records that an input, or a lookup table, is fed with: their schema, and the fields that they are keyed by. */
export interface InputType {
  readonly name: string
  readonly isTable: boolean
  readonly type: RecordType
  readonly key: readonly string[]
}

/** What stands in the way of feeding an input. */
export interface Unfed {
  readonly name: string
  readonly problem: string
}

type Contract = PluginManifest["inputs"][number]["contract"]

/**
 * The type of the records for one input. A closed contract says it; of an open one it is the fields that it reads, and one more,
 * to show that others pass through; a plugin that takes any record takes it from `given`, records of the author's.
 */
export const inputTypeOf = (
  manifest: PluginManifest,
  input: PluginManifest["inputs"][number],
  config: Config,
  given: readonly Json[] | undefined
): InputType | Unfed => {
  const { contract, name } = input
  const type = typeOf(contract, name, config, given)
  if (typeof type === "string") return { name, problem: type }
  const key = keyOf(manifest, name, config) ?? (contract.form === "closed" ? contract.key : [])
  return { name, isTable: false, type: withFields(type, key), key }
}

/**
 * The fields that an input asks to be keyed by, as a plan will have them, so that records come with that key and are not
 * repartitioned; undefined where it asks for none.
 */
export const keyOf = (
  manifest: Pick<PluginManifest, "keyBy">,
  input: string,
  config: Config
): readonly string[] | undefined =>
  manifest.keyBy.find((each) => each.input === input)?.fields.flatMap((ref) => namesOf(ref, config))

/** The type of the rows for a lookup table. */
export const tableTypeOf = (table: PluginManifest["tables"][number]): InputType | Unfed => {
  const { contract, name } = table
  const type = contract.form === "closed" ? recordOf(contract.schema) : undefined
  if (type === undefined || contract.form !== "closed")
    return { name, problem: `the lookup table ${name} takes any rows, so that none can be made up` }
  return { name, isTable: true, type, key: contract.key }
}

const typeOf = (
  contract: Contract,
  name: string,
  config: Config,
  given: readonly Json[] | undefined
): RecordType | string => {
  if (contract.form === "closed")
    return recordOf(contract.schema) ?? `the contract ${contract.subject} is no record`
  if (given !== undefined) return inferType(`dev.${avroName(name)}`, given)
  if (contract.form === "derived") return "it takes any record, so that none can be made up"
  const fields: object[] = []
  for (const read of contract.reads) {
    const field = nameOf(read.from, config)
    if (field === undefined)
      return `the field that it reads as ${read.as} is named by its config: give it with --with`
    fields.push({ name: field, type: read.schema })
  }
  const id = fields.some((field) => Reflect.get(field, "name") === "id") ? "passedThrough" : "id"
  return (
    recordOf({
      type: "record",
      name: `dev.${avroName(name)}`,
      fields: [{ name: id, type: "string" }, ...fields]
    }) ?? "its fields make no record"
  )
}

/** Fields of a key that a contract does not name are texts. */
const withFields = (type: RecordType, names: readonly string[]): RecordType => {
  const missing = names.filter((name) => type.fields.every((field) => field.name !== name))
  const text = parseAvroOrThrow("string")
  const added = missing.map((name): AvroField => ({
    name,
    type: text,
    aliases: [],
    order: "ascending",
    attributes: {}
  }))
  return { ...type, fields: [...type.fields, ...added] }
}

const recordOf = (schema: unknown): RecordType | undefined => {
  const parsed = parseAvro(typeof schema === "string" ? schema : JSON.stringify(schema))
  return "ok" in parsed && parsed.ok.kind === "record" ? parsed.ok : undefined
}

type FieldRef = PluginManifest["keyBy"][number]["fields"][number]

const nameOf = (ref: FieldRef, config: Config): string | undefined => {
  const value = "field" in ref ? ref.field : valueAt(config, ref.config)
  return typeof value === "string" ? value : undefined
}

/** A pointer may also stand for a list of names. */
const namesOf = (ref: FieldRef, config: Config): readonly string[] => {
  const list = "config" in ref ? valueAt(config, ref.config) : undefined
  if (Array.isArray(list)) return list.filter((name) => typeof name === "string")
  const name = nameOf(ref, config)
  return name === undefined ? [] : [name]
}

const avroName = (name: string): string => name.replaceAll(/[^A-Za-z0-9_]/g, "_")
