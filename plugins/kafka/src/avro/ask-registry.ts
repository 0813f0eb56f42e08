import { type Http, Schema } from "@millrace/sdk"
import { isMissing, refusalIn } from "./registry-error.ts"

/** Of the Confluent Schema Registry's API: `schemaType` is absent for Avro. */
const KeptSchema = Schema.Struct({
  schema: Schema.String,
  schemaType: Schema.optionalKey(Schema.NullOr(Schema.String)),
  references: Schema.optionalKey(
    Schema.NullOr(Schema.Array(Schema.Struct({ subject: Schema.String, version: Schema.Int })))
  )
})
export type KeptSchema = typeof KeptSchema.Type

const SubjectSchema = Schema.Struct({ ...KeptSchema.fields, id: Schema.Int })
const Registered = Schema.Struct({ id: Schema.Int })

const contentType = "application/vnd.schemaregistry.v1+json"
/** A schema has up to 1 MiB, which JSON writes longer. */
const maxBytes = 4 * 1024 * 1024
const options = {
  headers: { accept: `${contentType}, application/json` },
  maxBytes,
  retry: { attempts: 4, delayMs: 250, statuses: [408, 425, 429, 500, 502, 503, 504] }
}

const missing = { version: [40401, 40402, 40404, 40406], schema: [40403] }

/** The schema with an id; undefined where the registry has none. */
export function* schemaWithId(registry: Http, id: number) {
  const reply = yield* registry.get(`/schemas/ids/${id}`, options)
  if (isMissing(reply, missing.schema)) return undefined
  if (!reply.ok) return yield* refusalIn(`schema ${id}`, reply)
  return reply.json(KeptSchema)
}

/** A version of a subject, also a soft-deleted one, to which others may refer; undefined where there is none. */
export function* schemaOfVersion(registry: Http, subject: string, version: number) {
  const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}?deleted=true`
  const reply = yield* registry.get(path, options)
  if (isMissing(reply, missing.version)) return undefined
  if (!reply.ok) return yield* refusalIn(`version ${version} of subject ${subject}`, reply)
  return reply.json(KeptSchema)
}

/** A subject's latest schema, with its id; undefined where there is no such subject. */
export function* latestSchema(registry: Http, subject: string) {
  const reply = yield* registry.get(`/subjects/${encodeURIComponent(subject)}/versions/latest`, options)
  if (isMissing(reply, missing.version)) return undefined
  if (!reply.ok) return yield* refusalIn(`subject ${subject}`, reply)
  return reply.json(SubjectSchema)
}

/** Registers a schema under a subject, where it is not there yet, and answers its id. */
export function* registerSchema(registry: Http, subject: string, schema: string) {
  const reply = yield* registry.post(
    `/subjects/${encodeURIComponent(subject)}/versions`,
    JSON.stringify({ schema }),
    { ...options, headers: { ...options.headers, "content-type": contentType } }
  )
  if (!reply.ok) return yield* refusalIn(`a schema for subject ${subject}`, reply)
  return reply.json(Registered).id
}
