import { type ApiError, apiError, type CompatibilityMode, type CompatibilityReport } from "@millrace/sdk/api"
import {
  type AvroType,
  checkCompatibility,
  parseAvro,
  parseAvroOrThrow,
  schemaText
} from "@millrace/sdk/avro"
import { createHash } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { AuditLog } from "../audit/audit-log.ts"
import { decodedRow, execute, inTransaction } from "../store/database.ts"
import { defaultContext, knownSubjectVersion, subjectRow, versionRows } from "./subject-rows.ts"

/** A schema to be registered under a subject. */
export interface NewSchema {
  readonly subject: string
  /** Avro, as JSON or as its text. */
  readonly schema: unknown
  /** Fields of the record key; what the subject has already, or none, unless told. */
  readonly key?: readonly string[]
  readonly actor: string
}

/** Confluent's default: a new schema reads what the last one wrote. */
const defaultMode: CompatibilityMode = "BACKWARD"

const parse = (schema: unknown): Effect.Effect<AvroType, ApiError> => {
  const parsed = parseAvro(schema)
  if ("ok" in parsed) return Effect.succeed(parsed.ok)
  const { message, path } = parsed.error
  return Effect.fail(
    apiError("SCHEMA_INVALID", { problem: message }, path === "" ? "schema" : `schema.${path}`)
  )
}

/** Compares a schema with the versions of a subject, by the subject's mode. */
const compare = Effect.fnUntraced(function* (subject: string, type: AvroType) {
  const mode = (yield* subjectRow(subject))?.compatibility ?? defaultMode
  const existing = yield* versionRows(subject)
  const { compatible, problems } = checkCompatibility(
    mode,
    type,
    existing.map(({ schema }) => parseAvroOrThrow(schema))
  )
  // The check counts versions by their place in the list.
  const first = problems[0] === undefined ? undefined : existing[problems[0].againstVersion - 1]
  const report: CompatibilityReport = {
    compatible,
    mode,
    version: first?.version ?? null,
    differences: problems.map(({ direction, kind, message, path }) => ({
      path,
      message: `${direction} ${kind}: ${message}`
    }))
  }
  return report
})

export const check = Effect.fnUntraced(function* (subject: string, schema: unknown) {
  return yield* compare(subject, yield* parse(schema))
})

const IdRow = Schema.Struct({ id: Schema.Int })
const NextRow = Schema.Struct({ next: Schema.Int })

/** The id of a schema's text: the next free one for a new text, the known one else. Ids are dense and never given twice. */
const idOf = Effect.fnUntraced(function* (text: string) {
  const sha256 = createHash("sha256").update(text).digest("hex")
  const known = yield* decodedRow(IdRow, "SELECT id FROM schemas WHERE context = ? AND sha256 = ?", [
    defaultContext,
    sha256
  ])
  if (known !== undefined) return known.id
  const next =
    (yield* decodedRow(NextRow, `SELECT COALESCE(MAX(id), 0) + 1 AS "next" FROM schemas`))?.next ?? 1
  yield* execute("INSERT INTO schemas (id, context, sha256, text, refs) VALUES (?, ?, ?, ?, '[]')", [
    next,
    defaultContext,
    sha256,
    text
  ])
  return next
})

const checkKey = Effect.fnUntraced(function* ({ key, subject }: NewSchema) {
  const existing = (yield* subjectRow(subject))?.key
  if (existing === undefined || key === undefined) return existing ?? key ?? []
  if (JSON.stringify(existing) !== JSON.stringify(key))
    return yield* apiError("SUBJECT_KEY_CHANGED", { subject, existing, key }, "key")
  return existing
})

const refuseIncompatible = Effect.fnUntraced(function* (subject: string, type: AvroType) {
  const { compatible, differences, mode, version } = yield* compare(subject, type)
  if (compatible) return
  yield* apiError(
    "SCHEMA_INCOMPATIBLE",
    {
      subject,
      version: version ?? 0,
      mode,
      differences: differences.map(({ message, path }) => `${path}: ${message}`)
    },
    "schema"
  )
})

export const register = Effect.fnUntraced(function* (request: NewSchema) {
  const type = yield* parse(request.schema)
  return yield* inTransaction(registerParsed(request, type))
})

const registerParsed = Effect.fnUntraced(function* (request: NewSchema, type: AvroType) {
  const { actor, subject } = request
  const key = yield* checkKey(request)
  const id = yield* idOf(schemaText(type))
  const same = (yield* versionRows(subject)).find((version) => version.id === id)
  if (same !== undefined) return same
  yield* refuseIncompatible(subject, type)
  const at = yield* Clock.currentTimeMillis
  yield* execute(
    `INSERT INTO subjects (context, name, compatibility, record_key) VALUES (?, ?, ?, ?)
      ON CONFLICT (context, name) DO UPDATE SET deleted_at = NULL`,
    [defaultContext, subject, defaultMode, JSON.stringify(key)]
  )
  // Deleted versions count too: a number is never given twice.
  const next = yield* decodedRow(
    NextRow,
    `SELECT COALESCE(MAX(version), 0) + 1 AS "next" FROM subject_versions WHERE context = ? AND subject = ?`,
    [defaultContext, subject]
  )
  const version = next?.next ?? 1
  yield* execute(
    `INSERT INTO subject_versions (context, subject, version, schema_id, registered_at, registered_by)
      VALUES (?, ?, ?, ?, ?, ?)`,
    [defaultContext, subject, version, id, at, actor]
  )
  yield* (yield* AuditLog).append({
    actor,
    action: "subject.register",
    target: subject,
    detail: { version, id }
  })
  return yield* knownSubjectVersion(subject, version)
})
