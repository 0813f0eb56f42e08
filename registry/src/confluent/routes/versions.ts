import * as Effect from "effect/Effect"
import { registerSchema } from "../../subject/register.ts"
import { type Liveness, referrersOf, versionNumbers } from "../../subject/schema/schema-rows.ts"
import { draftSchema } from "../../subject/schema/schema-draft.ts"
import { settingsFor } from "../../subject/settings.ts"
import { globalContext, type SubjectPlace } from "../../subject/subject-place.ts"
import { clashMessages } from "../reply/compatibility-messages.ts"
import { refusals } from "../reply/confluent-error.ts"
import { deleteVersion } from "../deletion.ts"
import { findVersion, hasVersions } from "../find.ts"
import { pieceOf, type Query } from "../request/query.ts"
import type { Route } from "../route.ts"
import { type SentSchema, sentSchema } from "../request/schema-body.ts"
import { shownSchema, shownVersion, textOf } from "../reply/show-schema.ts"
import { versionNumber } from "../request/version-number.ts"
import { compareWithSubject } from "../../subject/schema/compatibility.ts"

/** Whether a schema is put in order first: by the request, or by what is set for the subject. */
export const isNormalized = Effect.fnUntraced(function* (place: SubjectPlace, query: Query) {
  return query.flag("normalize") || (yield* settingsFor(place)).normalize
})

/** Which versions a request asks for. */
export const livenessOf = (query: Query): Liveness => {
  if (query.flag("deletedOnly")) return "deleted"
  return query.flag("deleted") ? "all" : "live"
}

/** With all that a schema clashes with, in the words that clients look for. */
const explained = Effect.fnUntraced(function* (place: SubjectPlace, { given }: SentSchema) {
  const { type } = yield* draftSchema(place, given)
  const { clashes, mode } = yield* compareWithSubject(place, type)
  return yield* refusals.incompatible(place, clashMessages(mode, clashes))
})

const register: Route = {
  method: "POST",
  path: "/subjects/:subject/versions",
  access: "schemas",
  hasBody: true,
  handle: Effect.fnUntraced(function* ({ body, caller, place, query }) {
    if (place.subject === "" || place.context === globalContext)
      return yield* refusals.invalidSubject(place.subject)
    const sent = yield* sentSchema(body, yield* isNormalized(place, query))
    const row = yield* registerSchema({ place, ...sent, actor: caller.name }).pipe(
      Effect.catchIf(
        (error) => error._tag === "ApiError" && error.code === "SCHEMA_INCOMPATIBLE",
        () => explained(place, sent)
      )
    )
    const shown = yield* shownSchema(row, query)
    return { json: { id: row.id, version: row.version, ...shown, ts: row.registeredAt } }
  })
}

const list: Route = {
  method: "GET",
  path: "/subjects/:subject/versions",
  access: "read",
  handle: Effect.fnUntraced(function* ({ place, query }) {
    const asNegative = query.flag("deletedAsNegative")
    const which = asNegative ? "all" : livenessOf(query)
    if (!(yield* hasVersions(place, which !== "live"))) return yield* refusals.subjectNotFound(place)
    const piece = yield* query.piece()
    const rows = yield* versionNumbers(place, which)
    const numbers = rows.map(({ deletedAt, version }) =>
      asNegative && deletedAt !== null ? -version : version
    )
    return { json: pieceOf(numbers, piece) }
  })
}

const show: Route = {
  method: "GET",
  path: "/subjects/:subject/versions/:version",
  access: "read",
  handle: Effect.fnUntraced(function* ({ param, place, query }) {
    const number = yield* versionNumber(param("version"))
    const row = yield* findVersion(place, number, query.flag("deleted"))
    return { json: yield* shownVersion(row, query) }
  })
}

const showText: Route = {
  method: "GET",
  path: "/subjects/:subject/versions/:version/schema",
  access: "read",
  handle: Effect.fnUntraced(function* ({ param, place, query }) {
    const number = yield* versionNumber(param("version"))
    return { text: yield* textOf(yield* findVersion(place, number, query.flag("deleted")), query) }
  })
}

const referencedBy: Route = {
  method: "GET",
  path: "/subjects/:subject/versions/:version/referencedby",
  access: "read",
  handle: Effect.fnUntraced(function* ({ param, place, query }) {
    const row = yield* findVersion(place, yield* versionNumber(param("version")), true)
    const which = query.flag("deleted") ? "all" : "live"
    return { json: pieceOf(yield* referrersOf(row, row.version, which), yield* query.piece()) }
  })
}

const remove: Route = {
  method: "DELETE",
  path: "/subjects/:subject/versions/:version",
  access: "schemas",
  handle: Effect.fnUntraced(function* ({ caller, param, place, query }) {
    const number = yield* versionNumber(param("version"))
    const deletion = { place, permanent: query.flag("permanent"), actor: caller.name }
    return { json: yield* deleteVersion(deletion, number) }
  })
}

/** Versions of a subject. */
export const versionRoutes: readonly Route[] = [register, list, show, showText, referencedBy, remove]
