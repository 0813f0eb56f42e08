import * as Effect from "effect/Effect"
import { versionsHaving } from "../../subject/schema/schema-rows.ts"
import { subjectsWithin } from "../../subject/subject-list.ts"
import { placeText } from "../../subject/subject-place.ts"
import { refusals } from "../reply/confluent-error.ts"
import { deleteSubject } from "../deletion.ts"
import { lookUpSchema, notFound } from "../find.ts"
import { pieceOf } from "../request/query.ts"
import type { Route } from "../route.ts"
import { sentSchema } from "../request/schema-body.ts"
import { shownVersion } from "../reply/show-schema.ts"
import { rangeOf } from "../request/subject-prefix.ts"
import { isNormalized, livenessOf } from "./versions.ts"

const list: Route = {
  method: "GET",
  path: "/subjects",
  access: "read",
  handle: Effect.fnUntraced(function* ({ query }) {
    const range = rangeOf(query.text("subjectPrefix") ?? ":*:")
    const places = yield* subjectsWithin(range, livenessOf(query))
    return { json: pieceOf(places.map(placeText), yield* query.piece()) }
  })
}

const lookUp: Route = {
  method: "POST",
  path: "/subjects/:subject",
  access: "read",
  hasBody: true,
  handle: Effect.fnUntraced(function* ({ body, place, query }) {
    const { given } = yield* sentSchema(body, yield* isNormalized(place, query))
    const row = yield* lookUpSchema(place, given, query.flag("deleted"))
    return { json: yield* shownVersion(row, query) }
  })
}

/** Whether metadata has all of some properties. */
const hasProperties = (
  metadata: unknown,
  wanted: readonly (readonly [string, string | undefined])[]
): boolean => {
  const properties: unknown =
    typeof metadata === "object" && metadata !== null && "properties" in metadata
      ? metadata.properties
      : undefined
  if (typeof properties !== "object" || properties === null) return false
  const given = new Map<string, unknown>(Object.entries(properties))
  return wanted.every(([name, value]) => given.get(name) === value)
}

const latestWithMetadata: Route = {
  method: "GET",
  path: "/subjects/:subject/metadata",
  access: "read",
  handle: Effect.fnUntraced(function* ({ place, query }) {
    const [names, values] = [query.texts("key"), query.texts("value")]
    const wanted = names.slice(0, values.length).map((name, index) => [name, values[index]] as const)
    const deleted = query.flag("deleted")
    const rows = yield* versionsHaving(place, "metadata", deleted ? "all" : "live")
    const found = rows.find(({ metadata }) => hasProperties(metadata, wanted))
    const row = found ?? (yield* notFound(place, deleted, refusals.schemaNotFound()))
    return { json: yield* shownVersion(row, query) }
  })
}

const remove: Route = {
  method: "DELETE",
  path: "/subjects/:subject",
  access: "schemas",
  handle: ({ caller, place, query }) =>
    Effect.map(
      deleteSubject({ place, permanent: query.flag("permanent"), actor: caller.name }),
      (versions) => ({ json: versions })
    )
}

/** Subjects. */
export const subjectRoutes: readonly Route[] = [list, lookUp, latestWithMetadata, remove]
