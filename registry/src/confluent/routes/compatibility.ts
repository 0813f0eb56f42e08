import * as Effect from "effect/Effect"
import { clashesWith, versionsJudgedBy } from "../../subject/schema/compatibility.ts"
import { draftSchema } from "../../subject/schema/schema-draft.ts"
import type { VersionRow } from "../../subject/schema/schema-rows.ts"
import { settingsFor } from "../../subject/settings.ts"
import { fromApiError } from "../reply/api-error-codes.ts"
import { clashMessages } from "../reply/compatibility-messages.ts"
import { refusals } from "../reply/confluent-error.ts"
import { versionHere } from "../find.ts"
import type { ConfluentRequest, Route } from "../route.ts"
import { sentSchema } from "../request/schema-body.ts"
import { latestVersion, versionNumber } from "../request/version-number.ts"
import { isNormalized } from "./versions.ts"

/** Says whether a schema may follow some versions, or those that the subject's mode asks for. A schema that is refused as such is told in the messages, where they are asked for. */
const judge = Effect.fnUntraced(function* (
  { body, place, query }: ConfluentRequest,
  among?: readonly VersionRow[]
) {
  const verbose = query.flag("verbose")
  const { given } = yield* sentSchema(body, yield* isNormalized(place, query))
  const { compatibility } = yield* settingsFor(place)
  const existing = among ?? (yield* versionsJudgedBy(compatibility, place))
  const clashes = Effect.flatMap(draftSchema(place, given), ({ type }) =>
    clashesWith(compatibility, type, existing)
  )
  const messages = yield* Effect.map(clashes, (found) => clashMessages(compatibility, found)).pipe(
    Effect.catchTag("ApiError", (error) =>
      verbose ? Effect.succeed([fromApiError(error).message]) : Effect.fail(error)
    )
  )
  return { json: { is_compatible: messages.length === 0, ...(verbose ? { messages } : {}) } }
})

const withSubject: Route = {
  method: "POST",
  path: "/compatibility/subjects/:subject/versions",
  access: "schemas",
  hasBody: true,
  handle: (request) => judge(request)
}

const withVersion: Route = {
  method: "POST",
  path: "/compatibility/subjects/:subject/versions/:version",
  access: "schemas",
  hasBody: true,
  handle: Effect.fnUntraced(function* (request) {
    const number = yield* versionNumber(request.param("version"))
    const row = yield* versionHere(request.place, number, false)
    if (row === undefined && number !== latestVersion) return yield* refusals.versionNotFound(number)
    return yield* judge(request, row === undefined ? [] : [row])
  })
}

/** Compatibility, without registering anything. */
export const compatibilityRoutes: readonly Route[] = [withSubject, withVersion]
