import { DatabaseSync, type StatementSync } from "node:sqlite"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { Database, type SqlValue } from "./database.ts"
import { failpoint } from "./failpoint.ts"
import { migrate, storeFormat } from "./migrations.ts"
import { type StoreError, toStoreError } from "./store-error.ts"

/** The connection that the fiber's transaction runs on; undefined outside of one. */
const Transaction = Context.Reference<Connection | undefined>("@millrace/registry/Transaction", {
  defaultValue: () => undefined
})

interface Connection {
  readonly database: DatabaseSync
  readonly statements: Map<string, StatementSync>
}

const maxCachedStatements = 200

const statement = ({ database, statements }: Connection, sql: string): StatementSync => {
  const known = statements.get(sql)
  if (known !== undefined) return known
  const prepared = database.prepare(sql)
  if (statements.size >= maxCachedStatements) statements.clear()
  statements.set(sql, prepared)
  return prepared
}

const run = (connection: Connection, sql: string, values: readonly SqlValue[]) =>
  Effect.try({
    try: () => statement(connection, sql).all(...values),
    catch: (cause) => toStoreError(sql.slice(0, 60), cause)
  })

const exec = (connection: Connection, sql: string) =>
  Effect.try({
    try: () => connection.database.exec(sql),
    catch: (cause) => toStoreError(sql.slice(0, 60), cause)
  })

const open = (file: string): Effect.Effect<Connection, StoreError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.try({
      try: () => ({
        database: new DatabaseSync(file, { timeout: 2000, allowExtension: false }),
        statements: new Map()
      }),
      catch: (cause) => toStoreError("open the store", cause)
    }),
    ({ database }) => Effect.sync(() => database.close())
  )

// FULL: a commit is on the disk before it answers. WAL: readers go on beside the writer and see whole transactions only.
const pragmas = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA trusted_schema = OFF;
`

const checkStructure = Effect.fnUntraced(function* (connection: Connection) {
  const [first] = yield* run(connection, "PRAGMA quick_check(1)", [])
  const verdict = first?.["quick_check"]
  if (verdict !== "ok") return yield* toStoreError("check the store", new Error(String(verdict)), "corrupt")
})

const makeDatabase = Effect.fnUntraced(function* (file: string) {
  const writer = yield* open(file)
  yield* exec(writer, pragmas)
  yield* checkStructure(writer)
  yield* migrate(writer.database)
  // A connection of its own, so that reads never see a transaction that is under way.
  const reader = yield* open(file)
  yield* exec(reader, `${pragmas} PRAGMA query_only = ON;`)
  const turn = yield* Semaphore.make(1)

  const whole = <A, E, R>(work: Effect.Effect<A, E, R>) =>
    Effect.acquireUseRelease(
      exec(writer, "BEGIN IMMEDIATE"),
      () =>
        Effect.provideService(work, Transaction, writer).pipe(
          Effect.tap(() => failpoint("before-commit")),
          // Inside the use: a commit that fails fails the call, and is rolled back below.
          Effect.tap(() => exec(writer, "COMMIT"))
        ),
      (_, exit) =>
        Exit.isSuccess(exit) || !writer.database.isTransaction
          ? Effect.void
          : Effect.ignore(exec(writer, "ROLLBACK"))
    )

  return Database.of({
    format: storeFormat,
    rows: (sql, values = []) =>
      Effect.flatMap(Transaction, (transaction) => run(transaction ?? reader, sql, values)),
    transaction: <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | StoreError, R> =>
      Effect.flatMap(Transaction, (transaction): Effect.Effect<A, E | StoreError, R> => {
        if (transaction !== undefined) return work
        return Semaphore.withPermit(turn, whole(work))
      })
  })
})

/** The store in a SQLite file, made when it is missing. Fails with a {@link StoreError} when the file is damaged, foreign or newer. */
export const sqliteDatabase = (file: string): Layer.Layer<Database, StoreError> =>
  Layer.effect(Database, makeDatabase(file))
