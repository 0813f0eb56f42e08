import type { Http } from "@millrace/sdk"
import { type AvroType, type RecordType, schemaText } from "@millrace/sdk/avro"
import { latestSchema, registerSchema } from "../avro/ask-registry.ts"
import { joinedType } from "../avro/joined-type.ts"
import { registryError } from "../avro/registry-error.ts"
import { avroEncoder } from "./avro-encoder.ts"
import type { SinkConfig } from "./config.ts"

type Row = { readonly [field: string]: unknown }

/** Avro behind the id of its schema; undefined for what the config writes otherwise. A key that is null is none. */
export interface AvroEncoders {
  readonly value?: (row: Row) => Uint8Array
  readonly key?: (row: Row) => Uint8Array | null
}

/** Asks the registry for the ids that the config needs, or registers schemas. `type`: of the stream's values. */
export function* avroEncoders(config: SinkConfig, type: AvroType, registry: Http) {
  const { format, key, topic } = config
  if (type.kind !== "record") return {}
  const value = format === "avro" ? yield* valueEncoder(config, type, registry, `${topic}-value`) : undefined
  const keys =
    typeof key === "object" && key.format === "avro"
      ? yield* keyEncoder(config, keyOf(key, type), registry, `${topic}-key`)
      : undefined
  return {
    ...(value === undefined ? {} : { value }),
    ...(keys === undefined ? {} : { key: keys })
  } satisfies AvroEncoders
}

function* valueEncoder({ headers, schemas }: SinkConfig, type: RecordType, registry: Http, subject: string) {
  const own = { ...type, fields: type.fields.filter(({ name }) => name !== headers?.field) }
  const written = yield* typeOf(registry, subject, schemas === "latest" ? undefined : own)
  return yield* avroEncoder(subject, own, written)
}

function* keyEncoder({ schemas }: SinkConfig, own: KeyTypes, registry: Http, subject: string) {
  const written = yield* typeOf(registry, subject, schemas === "latest" ? undefined : own.usual)
  const [name] = own.names
  if (name !== undefined && own.bare !== undefined && written.type.kind !== "record") {
    const encode = yield* avroEncoder(subject, own.bare, written)
    return (row: Row) => (row[name] === null || row[name] === undefined ? null : encode(row[name]))
  }
  const encode = yield* avroEncoder(subject, own.record, written)
  return (row: Row) => encode(Object.fromEntries(own.names.map((each) => [each, row[each]])))
}

interface KeyTypes {
  readonly names: readonly string[]
  readonly record: RecordType
  /** Of the one field by itself; undefined where there are several. */
  readonly bare: AvroType | undefined
  /** What is registered. */
  readonly usual: AvroType
}

const keyOf = (
  { fields: names, record: name }: Exclude<NonNullable<SinkConfig["key"]>, string>,
  type: RecordType
): KeyTypes => {
  const fields = names.flatMap((each) => type.fields.find((field) => field.name === each) ?? [])
  const record = {
    kind: "record" as const,
    name: name ?? `${type.name}Key`,
    aliases: [],
    fields,
    attributes: {}
  }
  const [one] = fields
  const bare = one !== undefined && fields.length === 1 ? withoutNull(one.type) : undefined
  return { names, record, bare, usual: name === undefined ? (bare ?? record) : record }
}

/** A key that is null is no key. */
const withoutNull = (type: AvroType): AvroType => {
  if (type.kind !== "union") return type
  const [only, ...others] = type.branches.filter(({ kind }) => kind !== "null")
  return only !== undefined && others.length === 0 ? only : type
}

/** `own`: what is registered under the subject; undefined: its latest schema is taken as it is now. */
function* typeOf(registry: Http, subject: string, own: AvroType | undefined) {
  if (own !== undefined) return { id: yield* registerSchema(registry, subject, schemaText(own)), type: own }
  const latest = yield* latestSchema(registry, subject)
  if (latest === undefined)
    return yield* registryError(
      "REGISTRY_SUBJECT_MISSING",
      `there is no subject ${subject}: register a schema under it, or leave schemas: latest out`
    )
  const type = yield* joinedType(registry, latest)
  if (typeof type === "string")
    return yield* registryError("REGISTRY_SCHEMA_MISFIT", `the latest schema of subject ${subject}: ${type}`)
  return { id: latest.id, type }
}
