import { apiError } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { decodedRow, execute } from "../store/database.ts"
import { placeText, type SubjectPlace } from "./subject-place.ts"

/** The fields of a subject's record key, as a column; null while nobody has said, as clients of Kafka do not. */
export const KeyColumn = Schema.fromJsonString(Schema.NullOr(Schema.Array(Schema.String)))

const KeyRow = Schema.Struct({ key: KeyColumn })

/** A subject's key; null while nobody has said one, undefined where there is no subject. */
const keyOf = Effect.fnUntraced(function* ({ context, subject }: SubjectPlace) {
  const row = yield* decodedRow(
    KeyRow,
    `SELECT record_key AS "key" FROM subjects WHERE context = ? AND name = ?`,
    [context, subject]
  )
  return row?.key
})

/** Says the key of a subject that is there or is made by it: what was said first stays. Fails with SUBJECT_KEY_CHANGED for another. */
export const sayKey = Effect.fnUntraced(function* (place: SubjectPlace, said: readonly string[] | undefined) {
  const existing = yield* keyOf(place)
  const isSaid = existing !== undefined && existing !== null
  if (isSaid && said !== undefined && JSON.stringify(existing) !== JSON.stringify(said))
    yield* apiError("SUBJECT_KEY_CHANGED", { subject: placeText(place), existing, key: said }, "key")
  if (isSaid || (existing === null && said === undefined)) return
  yield* execute(
    `INSERT INTO subjects (context, name, record_key) VALUES (?, ?, ?)
      ON CONFLICT (context, name) DO UPDATE SET record_key = excluded.record_key`,
    [place.context, place.subject, JSON.stringify(said ?? null)]
  )
})
