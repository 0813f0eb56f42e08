import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { DatabaseShape, Row, SqlValue } from "./database.ts"
import { failpoint } from "./failpoint.ts"
import { storeFormat } from "./migrations.ts"
import type { PostgresAddress } from "./postgres/address.ts"
import { makePostgresClient, type PostgresClient, type Reply } from "./postgres/client.ts"
import { numberPlaceholders } from "./postgres/dialect.ts"
import { migratePostgres, writersLock } from "./postgres/migrate-postgres.ts"
import { isReadOnly, toPostgresError } from "./postgres/postgres-error.ts"
import type { StoreError } from "./store-error.ts"

/** The store in PostgreSQL, and what only a database that several platforms share can do. */
export interface PostgresStore {
  readonly database: DatabaseShape
  /** Runs one statement in a transaction of its own, which waits for no other writer: for what a single statement decides. */
  readonly decide: (sql: string, values?: readonly SqlValue[]) => Effect.Effect<readonly Row[], StoreError>
}

/** The session that the fiber's transaction runs in; undefined outside of one. */
const Transaction = Context.Reference<number | undefined>("@millrace/registry/PostgresTransaction", {
  defaultValue: () => undefined
})

const readers = 3
/** What a lease rests on must be known soon; it may wait for the longest that a transaction stands still. */
const deciderPatienceSeconds = 10
const maxCachedTexts = 500

/** Texts with their placeholders numbered: the store has a few hundred. */
const numbered = (() => {
  const known = new Map<string, string>()
  return (sql: string): string => {
    const found = known.get(sql)
    if (found !== undefined) return found
    if (known.size >= maxCachedTexts) known.clear()
    const text = numberPlaceholders(sql)
    known.set(sql, text)
    return text
  }
})()

/** What kept the store from being opened, whichever statement it was. */
const opening = ({ cause, reason }: StoreError): StoreError =>
  toPostgresError("open its database", cause, reason)

/** Once more where the connection broke, and no more: what had been idle through a restart of the server is mended by it. */
const again = <A>(work: Effect.Effect<A, StoreError>): Effect.Effect<A, StoreError> =>
  Effect.retry(work, { times: 1, while: ({ reason }) => reason === "unavailable" })

const brokeBetween = (operation: string): StoreError =>
  toPostgresError(
    operation,
    new Error("the connection broke in the transaction, which was rolled back"),
    "unavailable"
  )

/** Answers a reply's rows, if the session is the one that the transaction began in. */
const within =
  (session: number, operation: string) =>
  (reply: Reply): Effect.Effect<Reply, StoreError> =>
    reply.session === session ? Effect.succeed(reply) : Effect.fail(brokeBetween(operation))

/** Only a session that the transaction did not begin in is read-only: the break is told, not what came of it. */
const runWithin = (writer: PostgresClient, session: number, sql: string, values: readonly SqlValue[]) => {
  const operation = sql.slice(0, 60)
  return writer.run(sql, values).pipe(
    Effect.mapError((error) => (isReadOnly(error) ? brokeBetween(operation) : error)),
    Effect.flatMap(within(session, operation))
  )
}

/**
 * READ COMMITTED on purpose: the lock comes first, and each later statement sees all that was committed before it was had. A snapshot, which
 * the stricter levels take at their first statement, would be older than the lock.
 */
const begin = Effect.fnUntraced(function* (writer: PostgresClient) {
  const { session } = yield* again(writer.run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"))
  // INVARIANT: one writer in all platforms, so that what a transaction read still holds when it writes.
  yield* writer.run(`SELECT pg_advisory_xact_lock(${writersLock})`).pipe(
    Effect.flatMap(within(session, "begin a transaction")),
    Effect.onError(() => Effect.ignore(writer.run("ROLLBACK")))
  )
  return session
})

const commit = Effect.fnUntraced(function* (writer: PostgresClient, session: number) {
  const { command } = yield* Effect.flatMap(writer.run("COMMIT"), within(session, "commit"))
  if (command !== "COMMIT")
    return yield* toPostgresError("commit", new Error("a statement of the transaction had failed"), "io")
})

/**
 * Opens the store in a database, made where it is missing, until the scope closes. Each of the sessions is read-only but in a transaction: a
 * statement that a break let fall out of its transaction writes nothing. Fails with a {@link StoreError} when the database is not there, foreign or newer.
 */
export const openPostgres = Effect.fn("openPostgres")(function* (
  address: PostgresAddress
): Effect.fn.Return<PostgresStore, StoreError, Scope.Scope> {
  const session = { default_transaction_read_only: "on" }
  const writer = yield* makePostgresClient(address, { connections: 1, session })
  const reader = yield* makePostgresClient(address, { connections: readers, session })
  // Apart from the writer, so that it waits behind no transaction of this process.
  const decider = yield* makePostgresClient(address, {
    connections: 1,
    session: {},
    patienceSeconds: deciderPatienceSeconds
  })
  yield* Effect.mapError(migratePostgres(writer), opening)
  const turn = yield* Semaphore.make(1)

  const whole = <A, E, R>(work: Effect.Effect<A, E, R>) =>
    Effect.acquireUseRelease(
      begin(writer),
      (inSession) =>
        Effect.provideService(work, Transaction, inSession).pipe(
          Effect.tap(() => failpoint("before-commit")),
          // Inside the use: a commit that fails fails the call.
          Effect.tap(() => commit(writer, inSession))
        ),
      (_, exit) => (Exit.isSuccess(exit) ? Effect.void : Effect.ignore(writer.run("ROLLBACK")))
    )

  return {
    database: {
      format: storeFormat,
      rows: (sql, values = []) =>
        Effect.flatMap(Transaction, (inSession) => {
          const text = numbered(sql)
          return inSession === undefined
            ? again(reader.run(text, values))
            : runWithin(writer, inSession, text, values)
        }).pipe(Effect.map(({ rows }) => rows)),
      transaction: <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | StoreError, R> =>
        Effect.flatMap(Transaction, (inSession): Effect.Effect<A, E | StoreError, R> => {
          if (inSession !== undefined) return work
          return Semaphore.withPermit(turn, whole(work))
        })
    },
    decide: (sql, values = []) => Effect.map(decider.run(numbered(sql), values), ({ rows }) => rows)
  }
})
