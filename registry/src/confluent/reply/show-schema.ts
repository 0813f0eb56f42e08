import * as Effect from "effect/Effect"
import { wholeText } from "../../subject/schema/references.ts"
import type { SchemaRow, VersionRow } from "../../subject/schema/schema-rows.ts"
import { placeText, placeWithin } from "../../subject/subject-place.ts"
import { guidOf } from "./guid.ts"
import type { Query } from "../request/query.ts"

const referencesOf = ({ context, references }: SchemaRow, query: Query) =>
  query.text("referenceFormat") === "qualified"
    ? references.map((reference) => ({
        ...reference,
        subject: placeText(placeWithin(context, reference.subject))
      }))
    : references

/** The text that a request asks for: `format=resolved` puts what the schema refers to in its place; another format is none of Avro's. */
export const textOf = (row: SchemaRow, query: Query) =>
  query.text("format")?.toLowerCase() === "resolved" ? wholeText(row) : Effect.succeed(row.text)

/** A schema as replies show it; Avro is the type that is not said. */
export const shownSchema = Effect.fnUntraced(function* (row: SchemaRow, query: Query) {
  const references = referencesOf(row, query)
  return {
    guid: guidOf(row.sha256),
    schema: yield* textOf(row, query),
    ...(references.length === 0 ? {} : { references }),
    ...(row.metadata === null ? {} : { metadata: row.metadata }),
    ...(row.ruleSet === null ? {} : { ruleSet: row.ruleSet })
  }
})

/** A version of a subject as replies show it. */
export const shownVersion = Effect.fnUntraced(function* (row: VersionRow, query: Query) {
  return {
    subject: placeText(row),
    version: row.version,
    id: row.id,
    ...(yield* shownSchema(row, query)),
    ts: row.registeredAt,
    ...(row.deletedAt === null ? {} : { deleted: true })
  }
})
