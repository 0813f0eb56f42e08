import { type AvroType, fromPlainJson, keyBytes } from "@millrace/sdk"
import type { AvroUse, KnownSchemas } from "../avro/known-schemas.ts"
import type { SourceConfig } from "./config.ts"
import { Misfit } from "./misfit.ts"
import { jsonOf, textOf } from "./text.ts"

type Row = { readonly [field: string]: unknown }

/** The fields that a topic's key says; undefined where there is none. Throws a {@link Misfit}. */
export type ReadKey = (key: Uint8Array | null) => Row | undefined

export interface KeyReader {
  readonly fields: ReadKey
  /** The key bytes of these fields, for a delete. */
  readonly bytes: (fields: Row) => Uint8Array | null
}

/** `type`: of the records; `schemas`: of keys in Avro. */
export const keyReader = (
  { key }: SourceConfig,
  type: AvroType,
  schemas: KnownSchemas
): KeyReader | undefined => {
  if (key === undefined || type.kind !== "record") return undefined
  const types = key.fields.map((name) => {
    const found = type.fields.find((field) => field.name === name)
    if (found === undefined) throw new Error(`the contract has no field ${name}`)
    return { name, type: found.type, read: fromPlainJson(found.type) }
  })
  const [first] = types
  const { format = "string" } = key
  const use = avroUse(types)
  const rowOf = (given: Uint8Array): Row => {
    if (format === "avro") {
      const read = schemas.read(given, use)
      return types.length === 1 && !isRow(read) ? { [first?.name ?? ""]: read } : { ...Object(read) }
    }
    if (format !== "json") return { [first?.name ?? ""]: plainKey(format, given) }
    const json = jsonOf(given, "key")
    const isObject = typeof json === "object" && json !== null && !Array.isArray(json)
    const parts: Row = isObject ? { ...json } : { [first?.name ?? ""]: json }
    if (!isObject && types.length > 1) throw new Misfit("KAFKA_KEY_MISFIT", "the key is no object")
    return Object.fromEntries(types.map(({ name, read }) => [name, fitting(name, () => read(parts[name]))]))
  }
  return {
    fields: (given) => (given === null ? undefined : rowOf(given)),
    bytes: (row) =>
      fitting("", () =>
        keyBytes(
          types.map((each) => each.type),
          types.map(({ name }) => row[name])
        )
      )
  }
}

/** A key is a record with the fields, by whatever name, or the one field's value by itself. */
const avroUse = (fields: readonly { readonly name: string; readonly type: AvroType }[]): AvroUse => ({
  name: "key",
  misfit: "KAFKA_KEY_MISFIT",
  readerOf: (writer) => {
    const [only] = fields
    if (writer.kind !== "record" && fields.length === 1 && only !== undefined) return only.type
    return {
      kind: "record",
      name: writer.kind === "record" ? writer.name : "Key",
      aliases: [],
      attributes: {},
      fields: fields.map((field) => ({ ...field, aliases: [], order: "ascending", attributes: {} }))
    }
  }
})

/** No other value of a type that keys may have is an object. */
const isRow = (read: unknown): boolean =>
  typeof read === "object" && read !== null && !(read instanceof Uint8Array)

const plainKey = (format: "string" | "long" | "raw", key: Uint8Array): unknown => {
  if (format === "raw") return key
  if (format === "string") return textOf(key, "key")
  if (key.length !== 8)
    throw new Misfit("KAFKA_KEY_MISFIT", `the key has ${key.length} bytes, and a long has 8`)
  return Number(new DataView(key.buffer, key.byteOffset, 8).getBigInt64(0))
}

const fitting = <A>(name: string, read: () => A): A => {
  try {
    return read()
  } catch (error) {
    if (error instanceof Misfit) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new Misfit("KAFKA_KEY_MISFIT", `the key${name === "" ? "" : `'s ${name}`}: ${why}`)
  }
}
