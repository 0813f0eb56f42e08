import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { AuditLog } from "../audit/audit-log.ts"
import { execute, inTransaction } from "../store/database.ts"
import { latestOf, subjectsReferringTo, versionNumbers } from "../subject/schema/schema-rows.ts"
import { dropSettings, settingsFor } from "../subject/settings.ts"
import { placeText, type SubjectPlace } from "../subject/subject-place.ts"
import { SubjectUses } from "../subject/subject-uses.ts"
import { refusals } from "./reply/confluent-error.ts"
import { hasVersions, notFound, versionHere } from "./find.ts"

/** What is to be deleted, and by whom. */
export interface Deletion {
  readonly place: SubjectPlace
  /** False: it is hidden, its number stays taken, and what it was written with can still be read. True: it goes. */
  readonly permanent: boolean
  readonly actor: string
}

/** Fails with 42205 where nothing may be written. */
export const refuseReadOnly = Effect.fnUntraced(function* (place: SubjectPlace) {
  const { mode } = yield* settingsFor(place)
  if (mode === "READONLY" || mode === "READONLY_OVERRIDE")
    yield* refusals.notPermitted(`Subject ${placeText(place)} is in read-only mode (${mode}).`)
})

/** Fails with 42205 while somebody writes or reads records of the subject: they name its schemas. */
const refuseUsed = Effect.fnUntraced(function* (place: SubjectPlace) {
  if (place.context !== "") return
  const uses = yield* (yield* SubjectUses)(place.subject)
  if (uses.length > 0)
    yield* refusals.notPermitted(
      `Subject ${placeText(place)} is in use: ${uses.join(", ")}. Delete these pipelines, or let them use another stream, first.`
    )
})

/** A version may be gone for good only when nothing refers to it, deleted or not; be hidden when nothing live does. */
const refuseReferenced = Effect.fnUntraced(function* (
  { permanent, place }: Deletion,
  version: number,
  besides?: SubjectPlace
) {
  const referring = yield* subjectsReferringTo(place, version, permanent ? "all" : "live")
  const isOther = ({ context, subject }: SubjectPlace): boolean =>
    context !== besides?.context || subject !== besides.subject
  if (referring.some(isOther)) yield* refusals.referenceExists(place, version)
})

/** Takes versions away for good; the last one takes what is known of the subject with it. Called inside a transaction. */
const remove = Effect.fnUntraced(function* (place: SubjectPlace, versions: readonly number[]) {
  const { context, subject } = place
  for (const version of versions)
    yield* execute("DELETE FROM subject_versions WHERE context = ? AND subject = ? AND version = ?", [
      context,
      subject,
      version
    ])
  if ((yield* latestOf(place, "all")) !== undefined) return
  yield* execute("DELETE FROM subjects WHERE context = ? AND name = ?", [context, subject])
  yield* dropSettings(place)
})

const hide = Effect.fnUntraced(function* (place: SubjectPlace, versions: readonly number[]) {
  const at = yield* Clock.currentTimeMillis
  for (const version of versions)
    yield* execute(
      "UPDATE subject_versions SET deleted_at = ? WHERE context = ? AND subject = ? AND version = ?",
      [at, place.context, place.subject, version]
    )
})

const carryOut = Effect.fnUntraced(function* (
  { actor, permanent, place }: Deletion,
  versions: readonly number[]
) {
  yield* permanent ? remove(place, versions) : hide(place, versions)
  yield* (yield* AuditLog).append({
    actor,
    action: "subject.delete",
    target: placeText(place),
    detail: { versions, permanent }
  })
})

/** Deletes one version, and answers its number. */
export const deleteVersion = (deletion: Deletion, version: number) =>
  inTransaction(
    Effect.gen(function* () {
      const { permanent, place } = deletion
      const row =
        (yield* versionHere(place, version, true)) ??
        (yield* notFound(place, true, refusals.versionNotFound(version)))
      if (!permanent && row.deletedAt !== null) return yield* refusals.versionSoftDeleted(place, row.version)
      yield* refuseReadOnly(place)
      yield* refuseUsed(place)
      yield* refuseReferenced(deletion, row.version)
      if (permanent && row.deletedAt === null)
        return yield* refusals.versionNotSoftDeleted(place, row.version)
      yield* carryOut(deletion, [row.version])
      return row.version
    })
  )

/** The versions of a subject may refer to each other: they go together. */
const deleteAll = Effect.fnUntraced(function* (deletion: Deletion) {
  const rows = yield* versionNumbers(deletion.place, deletion.permanent ? "deleted" : "live")
  const versions = rows.map(({ version }) => version)
  for (const version of versions) yield* refuseReferenced(deletion, version, deletion.place)
  if (versions.length > 0) yield* carryOut(deletion, versions)
  return versions
})

/** Takes away for good what is deleted of a subject. Called inside a transaction. */
export const purge = (place: SubjectPlace, actor: string) => deleteAll({ place, permanent: true, actor })

/** Deletes all versions of a subject, and answers their numbers. */
export const deleteSubject = (deletion: Deletion) =>
  inTransaction(
    Effect.gen(function* () {
      const { permanent, place } = deletion
      const isLive = yield* hasVersions(place, false)
      if (!isLive && !(yield* hasVersions(place, true))) return yield* refusals.subjectNotFound(place)
      if (!isLive && !permanent) return yield* refusals.subjectSoftDeleted(place)
      yield* refuseReadOnly(place)
      if (isLive && permanent) return yield* refusals.subjectNotSoftDeleted(place)
      yield* refuseUsed(place)
      return yield* deleteAll(deletion)
    })
  )
