import { type AvroType, parseAvro } from "@millrace/sdk"
import type { Config } from "./config.ts"

/** A field that is added, as the config means it. */
export interface AddedField {
  readonly name: string
  /** JSON pointer into the answer for one record. */
  readonly from: string
  readonly isNullable: boolean
  /** Avro's JSON form. */
  readonly schema: unknown
  readonly type: AvroType
}

export interface TypeProblem {
  readonly name: string
  readonly message: string
}

/** Logical types that a config may name by themselves. */
const short: { readonly [name: string]: unknown } = {
  date: { type: "int", logicalType: "date" },
  "timestamp-millis": { type: "long", logicalType: "timestamp-millis" },
  "timestamp-micros": { type: "long", logicalType: "timestamp-micros" }
}

/** The fields in the order of the config, or what is wrong with a type. */
export const addedFields = (adds: Config["adds"]): readonly AddedField[] | TypeProblem => {
  const fields: AddedField[] = []
  for (const [name, given] of Object.entries(adds)) {
    const { type: named, from, nullable } = typeof given === "string" ? { type: given } : { ...given }
    const schema = typeof named === "string" && Object.hasOwn(short, named) ? short[named] : named
    const parsed = parseAvro(JSON.stringify(schema))
    if ("error" in parsed) return { name, message: parsed.error.message }
    const isPlain = parsed.ok.kind !== "bytes" && parsed.ok.kind !== "fixed"
    if (!isPlain) return { name, message: "JSON has no bytes: take string" }
    fields.push({
      name,
      from: from ?? `/${name}`,
      isNullable: nullable ?? false,
      schema,
      type: parsed.ok
    })
  }
  return fields
}
