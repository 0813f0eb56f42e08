import { apiError } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { decodedRow, execute } from "../../store/database.ts"
import type { SchemaDraft } from "./schema-draft.ts"
import { schemaRow } from "./schema-rows.ts"

const IdRow = Schema.Struct({ id: Schema.Int })
const NextRow = Schema.Struct({ next: Schema.Int })

/** The id that a schema has in a context; undefined when it is not stored there. */
export const knownId = Effect.fnUntraced(function* (context: string, sha256: string) {
  const row = yield* decodedRow(IdRow, "SELECT id FROM schemas WHERE context = ? AND sha256 = ?", [
    context,
    sha256
  ])
  return row?.id
})

const nextId = Effect.map(
  decodedRow(NextRow, `SELECT COALESCE(MAX(id), 0) + 1 AS "next" FROM schemas`),
  (row) => row?.next ?? 1
)

/** The highest id that was given; 0 when there is none. */
export const maxId = Effect.map(nextId, (next) => next - 1)

const json = (value: object | undefined): string | null =>
  value === undefined ? null : JSON.stringify(value)

const store = Effect.fnUntraced(function* (context: string, id: number, draft: SchemaDraft) {
  yield* execute(
    "INSERT INTO schemas (id, context, sha256, text, refs, metadata, rule_set) VALUES (?, ?, ?, ?, ?, ?, ?)",
    [
      id,
      context,
      draft.sha256,
      draft.text,
      JSON.stringify(draft.references),
      json(draft.metadata),
      json(draft.ruleSet)
    ]
  )
  const targets = new Map(
    draft.targets.map((target) => [JSON.stringify([target.context, target.subject, target.version]), target])
  )
  for (const { context: targetContext, subject, version } of targets.values())
    yield* execute(
      "INSERT INTO schema_references (schema_id, context, subject, version) VALUES (?, ?, ?, ?)",
      [id, targetContext, subject, version]
    )
  return id
})

/**
 * The id of a schema in a context: the known one, or the next free one for a new schema. Ids are dense and never given twice.
 * One that is wished for (an import) must be free, or the schema's: fails with SCHEMA_ID_TAKEN or SCHEMA_ID_MISMATCH.
 */
export const idOf = Effect.fnUntraced(function* (context: string, draft: SchemaDraft, wished?: number) {
  const known = yield* knownId(context, draft.sha256)
  if (known !== undefined) {
    if (wished !== undefined && wished !== known)
      return yield* apiError("SCHEMA_ID_MISMATCH", { id: wished, known }, "id")
    return known
  }
  if (wished === undefined) return yield* store(context, yield* nextId, draft)
  if ((yield* schemaRow(wished)) !== undefined)
    return yield* apiError("SCHEMA_ID_TAKEN", { id: wished }, "id")
  return yield* store(context, wished, draft)
})
