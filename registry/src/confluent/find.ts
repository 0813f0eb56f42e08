import type { ApiError } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Database } from "../store/database.ts"
import type { StoreError } from "../store/store-error.ts"
import {
  digestOfText,
  draftSchema,
  type GivenSchema,
  type SchemaDraft
} from "../subject/schema/schema-draft.ts"
import { knownId } from "../subject/schema/schema-ids.ts"
import {
  latestOf,
  type Liveness,
  schemaRow,
  versionAt,
  type VersionRow,
  versionsHaving,
  versionsOfSchema,
  versionWith
} from "../subject/schema/schema-rows.ts"
import { wholeText } from "../subject/schema/references.ts"
import { contextsWithSubjects } from "../subject/subject-list.ts"
import { defaultContext, placeOf, type SubjectPlace } from "../subject/subject-place.ts"
import { type ConfluentError, refusals } from "./reply/confluent-error.ts"
import { latestVersion } from "./request/version-number.ts"

/** Whether deleted versions count. */
const which = (deleted: boolean): Liveness => (deleted ? "all" : "live")

/** Whether a subject has such versions. */
export const hasVersions = (place: SubjectPlace, deleted: boolean) =>
  Effect.map(latestOf(place, which(deleted)), (row) => row !== undefined)

/** Where a name may stand: as it says; a name without a context in any, the default one first. */
const placesOf = Effect.fnUntraced(function* (place: SubjectPlace) {
  if (place.context !== defaultContext) return [place]
  const others = (yield* contextsWithSubjects).filter((context) => context !== defaultContext)
  return [place, ...others.map((context) => ({ ...place, context }))]
})

/** A version of a subject, here alone; undefined when there is none. The latest is never a deleted one. */
export const versionHere = Effect.fnUntraced(function* (
  place: SubjectPlace,
  version: number,
  deleted: boolean
) {
  if (version === latestVersion) return yield* latestOf(place)
  const row = yield* versionAt(place, version)
  return row !== undefined && (deleted || row.deletedAt === null) ? row : undefined
})

/** Fails with 40401 where there is no such subject, else with the other refusal. */
export const notFound = Effect.fnUntraced(function* (
  place: SubjectPlace,
  deleted: boolean,
  otherwise: ConfluentError
): Effect.fn.Return<never, ConfluentError | StoreError, Database> {
  return yield* (yield* hasVersions(place, deleted)) ? otherwise : refusals.subjectNotFound(place)
})

/** A version of a subject, in whatever context it stands. Fails with 40401 or 40402. */
export const findVersion = Effect.fnUntraced(function* (
  place: SubjectPlace,
  version: number,
  deleted: boolean
) {
  for (const candidate of yield* placesOf(place)) {
    const row = yield* versionHere(candidate, version, deleted)
    if (row !== undefined) return row
  }
  return yield* notFound(place, deleted, refusals.versionNotFound(version))
})

/** A schema that some version still has. A subject's context narrows where it is looked for. Fails with 40403. */
export const findSchema = Effect.fnUntraced(function* (id: number, subject: string | undefined) {
  const row = yield* schemaRow(id)
  const { context } = placeOf(subject ?? "")
  const isThere =
    row !== undefined &&
    (context === defaultContext || context === row.context) &&
    (yield* versionsOfSchema(id, "all")).length > 0
  return isThere ? row : yield* refusals.schemaNotFound(id)
})

/** The newest version that has the same schema, sent with its references or with what they define in their places. */
const sameInFull = Effect.fnUntraced(function* (
  place: SubjectPlace,
  draft: SchemaDraft,
  deleted: boolean
): Effect.fn.Return<VersionRow | undefined, ApiError | StoreError, Database> {
  if (draft.metadata !== undefined || draft.ruleSet !== undefined) return undefined
  const referring = yield* versionsHaving(place, "references", which(deleted))
  for (const row of referring) if ((yield* wholeText(row)) === draft.whole) return row
  const id = yield* knownId(place.context, digestOfText(draft.whole))
  return id === undefined ? undefined : yield* versionWith(place, id, which(deleted))
})

/** The version of a subject that has a schema; undefined when none has. */
const lookUpHere = Effect.fnUntraced(function* (place: SubjectPlace, given: GivenSchema, deleted: boolean) {
  const draft = yield* draftSchema(place, given)
  const id = yield* knownId(place.context, draft.sha256)
  const exact = id === undefined ? undefined : yield* versionWith(place, id, which(deleted))
  return exact ?? (yield* sameInFull(place, draft, deleted))
})

/** The version of a subject that has a schema, in whatever context it stands. Fails with 40401, 40403, or as the schema does. */
export const lookUpSchema = Effect.fnUntraced(function* (
  place: SubjectPlace,
  given: GivenSchema,
  deleted: boolean
) {
  const here = yield* Effect.result(lookUpHere(place, given, deleted))
  if (Result.isSuccess(here) && here.success !== undefined) return here.success
  for (const candidate of (yield* placesOf(place)).slice(1)) {
    // What it refers to may not be there.
    const row = yield* lookUpHere(candidate, given, deleted).pipe(
      Effect.catchTag("ApiError", () => Effect.succeed(undefined))
    )
    if (row !== undefined) return row
  }
  if (Result.isFailure(here)) return yield* here.failure
  return yield* notFound(place, deleted, refusals.schemaNotFound())
})
