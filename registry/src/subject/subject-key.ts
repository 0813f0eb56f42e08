import { apiError } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { decodedRow } from "../store/database.ts"
import { placeText, type SubjectPlace } from "./subject-place.ts"

/** The fields of a subject's record key, as a column; null while nobody has said, as clients of Kafka do not. */
export const KeyColumn = Schema.fromJsonString(Schema.NullOr(Schema.Array(Schema.String)))

const KeyRow = Schema.Struct({ key: KeyColumn })

/**
 * The key that a subject has after a registration: what was said first stays. Fails with SUBJECT_KEY_CHANGED when `wished` is another.
 * Undefined wishes for nothing; null is what a subject has of which nobody has said.
 */
export const keyAfter = Effect.fnUntraced(function* (
  place: SubjectPlace,
  wished: readonly string[] | undefined
) {
  const row = yield* decodedRow(
    KeyRow,
    `SELECT record_key AS "key" FROM subjects WHERE context = ? AND name = ?`,
    [place.context, place.subject]
  )
  const existing = row?.key ?? null
  if (existing === null || wished === undefined) return existing ?? wished ?? null
  if (JSON.stringify(existing) !== JSON.stringify(wished))
    return yield* apiError("SUBJECT_KEY_CHANGED", { subject: placeText(place), existing, key: wished }, "key")
  return existing
})
