import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type StoreError, toStoreError } from "./store-error.ts"

export type SqlValue = string | number | Uint8Array | null
export type Row = { readonly [column: string]: unknown }

/**
 * The relational half of the store. Asynchronous, and in SQL that SQLite and PostgreSQL share, so that another driver
 * can take its place: `?` placeholders, no functions of one dialect.
 */
export interface DatabaseShape {
  /** Runs one statement and answers its rows. Outside a transaction it sees what was last committed. */
  readonly rows: (sql: string, values?: readonly SqlValue[]) => Effect.Effect<readonly Row[], StoreError>
  /**
   * Runs `work` in one transaction, durable on disk when it succeeds, rolled back when it fails or is interrupted.
   * Writers wait for each other, so that what `work` read still holds when it writes. A transaction inside one joins it.
   */
  readonly transaction: <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E | StoreError, R>
  /** Version of the format on disk. */
  readonly format: number
}

export class Database extends Context.Service<Database, DatabaseShape>()("@millrace/registry/Database") {}

/** Rows decoded: the store's own data is checked like any other input. */
export const decodedRows = Effect.fnUntraced(function* <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S,
  sql: string,
  values: readonly SqlValue[] = []
) {
  const database = yield* Database
  const rows = yield* database.rows(sql, values)
  return yield* Schema.decodeUnknownEffect(Schema.Array(schema))(rows).pipe(
    Effect.mapError((cause) => toStoreError("decode a row", cause, "corrupt"))
  )
})

/** The first row, decoded; undefined when there is none. */
export const decodedRow = Effect.fnUntraced(function* <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S,
  sql: string,
  values: readonly SqlValue[] = []
) {
  const [row] = yield* decodedRows(schema, sql, values)
  return row
})

/** Runs a statement for its effect. */
export const execute = Effect.fnUntraced(function* (sql: string, values: readonly SqlValue[] = []) {
  yield* (yield* Database).rows(sql, values)
})

/** Runs `work` in one transaction of the store in context. */
export const inTransaction = <A, E, R>(
  work: Effect.Effect<A, E, R>
): Effect.Effect<A, E | StoreError, R | Database> =>
  Effect.flatMap(Database, (database) => database.transaction(work))
