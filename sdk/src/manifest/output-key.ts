import type { RecordType } from "../avro/type.ts"
import type { NodeRequest } from "./node-resolution.ts"
import type { InputPlan } from "./resolve-input.ts"

/** Output field -> `input.field` or `table.field`. */
export interface Lineage {
  readonly [field: string]: readonly string[]
}

/** The input's key, if every field of it is still there (under whatever name); else not known: the bytes stay. */
export const outputKey = (
  copies: { readonly [output: string]: string },
  input: InputPlan
): { readonly key: readonly string[]; readonly rekey: false } => {
  const renamed = new Map(Object.entries(copies).map(([to, from]) => [from, to]))
  const key = input.stream.key.map((name) => renamed.get(name))
  const whole = key.filter((name) => name !== undefined)
  return { key: whole.length === key.length ? whole : [], rekey: false }
}

export const lineageOfCopies = (copies: { readonly [output: string]: string }, input: string): Lineage =>
  Object.fromEntries(Object.entries(copies).map(([to, from]) => [to, [`${input}.${from}`]]))

/** Where the body is code: every field may come from everything that it reads. */
export const lineageOfAll = (
  schema: RecordType,
  inputs: readonly InputPlan[],
  request: NodeRequest
): Lineage => {
  const tables = Object.entries(request.tables).flatMap(([table, stream]) =>
    stream.schema.fields.map(({ name }) => `${table}.${name}`)
  )
  const sources = [...inputs.flatMap(fieldsRead), ...tables]
  return Object.fromEntries(schema.fields.map(({ name }) => [name, sources]))
}

/** `input.field` for each field of the stream that is read. */
const fieldsRead = ({ name, reads, stream }: InputPlan): readonly string[] => {
  if (reads.form === "fields") return reads.fields.map(({ field }) => `${name}.${field}`)
  const reader = reads.reader
  if (reader.kind !== "record") return []
  const wanted = new Set(reader.fields.flatMap((field) => [field.name, ...field.aliases]))
  return stream.schema.fields
    .filter((field) => wanted.has(field.name))
    .map((field) => `${name}.${field.name}`)
}
