import * as Effect from "effect/Effect"
import { maxId } from "../../subject/schema/schema-ids.ts"
import { schemasByDigest, versionsOfSchema } from "../../subject/schema/schema-rows.ts"
import { versionsWithin } from "../../subject/subject-list.ts"
import { placeOf, placeText } from "../../subject/subject-place.ts"
import { refusals } from "../reply/confluent-error.ts"
import { findSchema } from "../find.ts"
import { digitsOf } from "../reply/guid.ts"
import { pieceOf, type Query } from "../request/query.ts"
import type { Route } from "../route.ts"
import { shownSchema, shownVersion, textOf } from "../reply/show-schema.ts"
import { rangeOf } from "../request/subject-prefix.ts"
import { schemaId } from "../request/version-number.ts"

/** Schemas that one reply may hold: each may be a megabyte. */
const mostSchemas = 1000

const list: Route = {
  method: "GET",
  path: "/schemas",
  access: "read",
  handle: Effect.fnUntraced(function* ({ query }) {
    const range = {
      ...rangeOf(query.text("subjectPrefix") ?? ""),
      which: query.flag("deleted") ? ("all" as const) : ("live" as const),
      latestOnly: query.flag("latestOnly")
    }
    const rows = yield* versionsWithin(range, yield* query.piece(mostSchemas))
    return { json: yield* Effect.forEach(rows, (row) => shownVersion(row, query)) }
  })
}

const types: Route = {
  method: "GET",
  path: "/schemas/types",
  access: "read",
  handle: () => Effect.succeed({ json: ["AVRO"] })
}

/** Where a subject is named, which of its versions has the schema. */
const holderOf = Effect.fnUntraced(function* (id: number, subject: string) {
  const wanted = placeText(placeOf(subject))
  const rows = yield* versionsOfSchema(id, "all")
  const row = rows.findLast((version) => placeText(version) === wanted)
  return row === undefined ? {} : { subject: wanted, version: row.version }
})

const byId: Route = {
  method: "GET",
  path: "/schemas/ids/:id",
  access: "read",
  handle: Effect.fnUntraced(function* ({ param, query }) {
    const subject = query.text("subject")
    const row = yield* findSchema(yield* schemaId(param("id")), subject)
    return {
      json: {
        ...(subject === undefined || subject === "" ? {} : yield* holderOf(row.id, subject)),
        ...(yield* shownSchema(row, query)),
        ...(query.flag("fetchMaxId") ? { maxId: yield* maxId } : {})
      }
    }
  })
}

const textById: Route = {
  method: "GET",
  path: "/schemas/ids/:id/schema",
  access: "read",
  handle: Effect.fnUntraced(function* ({ param, query }) {
    const row = yield* findSchema(yield* schemaId(param("id")), query.text("subject"))
    return { text: yield* textOf(row, query) }
  })
}

const holders = Effect.fnUntraced(function* (id: string, query: Query) {
  const row = yield* findSchema(yield* schemaId(id), query.text("subject"))
  return yield* versionsOfSchema(row.id, query.flag("deleted") ? "all" : "live")
})

const subjectsById: Route = {
  method: "GET",
  path: "/schemas/ids/:id/subjects",
  access: "read",
  handle: Effect.fnUntraced(function* ({ param, query }) {
    const rows = yield* holders(param("id"), query)
    return { json: pieceOf([...new Set(rows.map(placeText))], yield* query.piece()) }
  })
}

const versionsById: Route = {
  method: "GET",
  path: "/schemas/ids/:id/versions",
  access: "read",
  handle: Effect.fnUntraced(function* ({ param, query }) {
    const rows = yield* holders(param("id"), query)
    const versions = rows.map((row) => ({ subject: placeText(row), version: row.version }))
    return { json: pieceOf(versions, yield* query.piece()) }
  })
}

/** Schemas that some version still has, by their GUID. */
const withGuid = Effect.fnUntraced(function* (guid: string) {
  const digits = digitsOf(guid)
  const rows = digits === undefined ? [] : yield* schemasByDigest(digits)
  return yield* Effect.filter(rows, ({ id }) =>
    Effect.map(versionsOfSchema(id, "all"), (versions) => versions.length > 0)
  )
})

const byGuid: Route = {
  method: "GET",
  path: "/schemas/guids/:guid",
  access: "read",
  handle: Effect.fnUntraced(function* ({ param, query }) {
    const [row] = yield* withGuid(param("guid"))
    if (row === undefined) return yield* refusals.schemaNotFound(param("guid").slice(0, 80))
    return { json: yield* shownSchema(row, query) }
  })
}

const idsByGuid: Route = {
  method: "GET",
  path: "/schemas/guids/:guid/ids",
  access: "read",
  handle: Effect.fnUntraced(function* ({ param }) {
    const rows = yield* withGuid(param("guid"))
    return { json: rows.map(({ context, id }) => ({ context: context === "" ? "." : context, id })) }
  })
}

/** Schemas by their ids and GUIDs. */
export const schemaRoutes: readonly Route[] = [
  list,
  types,
  byId,
  textById,
  subjectsById,
  versionsById,
  byGuid,
  idsByGuid
]
