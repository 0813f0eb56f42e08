import { apiError } from "@millrace/sdk/api"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { AuditLog } from "../audit/audit-log.ts"
import { execute, inTransaction } from "../store/database.ts"
import { refuseIncompatible } from "./schema/compatibility.ts"
import { draftSchema, type GivenSchema, type SchemaDraft } from "./schema/schema-draft.ts"
import { idOf } from "./schema/schema-ids.ts"
import { latestOf, versionAt, versionWith } from "./schema/schema-rows.ts"
import { settingsFor, type WriteMode } from "./settings.ts"
import { placeText, type SubjectPlace } from "./subject-place.ts"
import { sayKey } from "./subject-key.ts"

/** A schema to be registered under a subject. */
export interface Registration {
  readonly place: SubjectPlace
  readonly given: GivenSchema
  /** Fields of the record key; what the subject has already, unless told. */
  readonly key?: readonly string[]
  /** An id of another registry's, for a subject in the mode IMPORT. */
  readonly id?: number
  /** A version's number; without the mode IMPORT it can only be the next. */
  readonly version?: number
  readonly actor: string
}

/** Registers a schema, durable when it answers the version. The same schema again answers the version that has it. */
export const registerSchema = Effect.fnUntraced(function* (registration: Registration) {
  const draft = yield* draftSchema(registration.place, registration.given)
  return yield* inTransaction(registerDraft(registration, draft))
})

/** The mode that a registration runs in: READWRITE, or IMPORT when it brings an id or the subject asks for one. */
const refuseMode = (registration: Registration, mode: WriteMode) => {
  const subject = placeText(registration.place)
  if (mode === "READONLY" || mode === "READONLY_OVERRIDE")
    return apiError("SUBJECT_READ_ONLY", { subject, mode })
  if (mode === "IMPORT")
    return registration.id === undefined ? apiError("SUBJECT_IMPORTING", { subject }) : undefined
  return registration.id === undefined ? undefined : apiError("SUBJECT_NOT_IMPORTING", { subject })
}

/** Between reading and storing, what a schema refers to may have been deleted. */
const refuseLostTargets = Effect.fnUntraced(function* ({ targets }: SchemaDraft) {
  for (const target of targets) {
    const now = yield* versionAt(target, target.version)
    if (now === undefined || now.deletedAt !== null || now.id !== target.id)
      yield* apiError(
        "SCHEMA_REFERENCE_UNKNOWN",
        { subject: placeText(target), version: target.version },
        "references"
      )
  }
})

const registerDraft = Effect.fnUntraced(function* (registration: Registration, draft: SchemaDraft) {
  const { place } = registration
  const { mode } = yield* settingsFor(place)
  const refusal = refuseMode(registration, mode)
  if (refusal !== undefined) return yield* refusal
  yield* sayKey(place, registration.key)
  yield* refuseLostTargets(draft)
  const id = yield* idOf(place.context, draft, registration.id)
  const same = yield* versionWith(place, id, "live")
  const { version: wished } = registration
  if (same !== undefined && (wished === undefined || wished === same.version)) return same
  if (mode !== "IMPORT") yield* refuseIncompatible(place, draft.type)
  const version = yield* versionFor(registration, mode)
  yield* store(registration, id, version)
  const stored = yield* versionAt(place, version)
  return stored ?? (yield* Effect.die(new Error("the version that was just written is gone")))
})

/** Deleted versions count too: a number is never given twice. */
const versionFor = Effect.fnUntraced(function* ({ place, version: wished }: Registration, mode: WriteMode) {
  const next = ((yield* latestOf(place, "all"))?.version ?? 0) + 1
  if (wished === undefined || wished === next) return next
  const subject = placeText(place)
  if (mode !== "IMPORT")
    return yield* apiError("SUBJECT_VERSION_NOT_NEXT", { subject, version: wished, next }, "version")
  if ((yield* versionAt(place, wished)) !== undefined)
    return yield* apiError("SUBJECT_VERSION_TAKEN", { subject, version: wished }, "version")
  return wished
})

const store = Effect.fnUntraced(function* ({ actor, place }: Registration, id: number, version: number) {
  const { context, subject } = place
  yield* execute(
    `INSERT INTO subject_versions (context, subject, version, schema_id, registered_at, registered_by)
      VALUES (?, ?, ?, ?, ?, ?)`,
    [context, subject, version, id, yield* Clock.currentTimeMillis, actor]
  )
  yield* (yield* AuditLog).append({
    actor,
    action: "subject.register",
    target: placeText(place),
    detail: { version, id }
  })
})
