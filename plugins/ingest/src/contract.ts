import { AvroSchemaError, type DeriveAnswer, parseAvro, recordFields, type SchemaField } from "@millrace/sdk"
import type { Config } from "./config.ts"

/** The contract of the events, or what of the config does not go together. */
export const contractOf = (config: Config): DeriveAnswer => {
  const { backlog = 1, eventId, eventTime, key = [], maxAhead = 0, retention = 1, schema } = config
  const parsed = parseAvro(schema)
  if ("error" in parsed) return refused("/schema", whyNot(parsed.error))
  if (parsed.ok.kind !== "record") return refused("/schema", "an event is a record: give a record schema")
  const fields = recordFields(schema)
  const id = fields.find(({ name }) => name === eventId)
  if (id === undefined) return refused("/eventId", noField(eventId, fields))
  if (plainType(id) !== "string")
    return refused("/eventId", `${eventId} is no string, and an event's id is one`)
  const time = fields.find(({ name }) => name === eventTime)
  if (eventTime !== undefined && time === undefined) return refused("/eventTime", noField(eventTime, fields))
  if (time !== undefined && unitOf(time) === undefined)
    return refused("/eventTime", `${eventTime} is no timestamp-millis or timestamp-micros`)
  const unknown = key.findIndex((name) => fields.every((field) => field.name !== name))
  if (unknown >= 0) return refused(`/key/${unknown}`, noField(key[unknown] ?? "", fields))
  if (retention < 1) return refused("/retention", "give a time longer than 0")
  if (maxAhead < 0) return refused("/maxAhead", "give a time of 0 or longer")
  if (backlog < 1) return refused("/backlog", "let one event wait at least")
  return { output: schema, key }
}

/** How a timestamp's number becomes milliseconds: what it is divided by; undefined for a field that is none. */
export const unitOf = (field: SchemaField): number | undefined => {
  const parts: { readonly [name: string]: unknown } = { ...field, ...Object(field.type) }
  if (plainType(field) !== "long") return undefined
  if (parts["logicalType"] === "timestamp-millis") return 1
  return parts["logicalType"] === "timestamp-micros" ? 1_000 : undefined
}

/** A field's primitive type, whether or not attributes stand around it. */
const plainType = ({ type }: SchemaField): unknown =>
  typeof type === "object" && type !== null && "type" in type ? type.type : type

const noField = (name: string, fields: readonly SchemaField[]): string =>
  `there is no field ${name}; the fields are ${fields
    .slice(0, 12)
    .map((field) => field.name)
    .join(", ")}`

const whyNot = (error: unknown): string => (error instanceof AvroSchemaError ? error.message : String(error))

const refused = (path: string, message: string): DeriveAnswer => ({ error: { path, message } })
