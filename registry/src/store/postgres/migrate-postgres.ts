import * as Effect from "effect/Effect"
import { steps, storeFormat } from "../migrations.ts"
import type { StoreError } from "../store-error.ts"
import type { PostgresClient } from "./client.ts"
import { postgresStep, refusingFunction } from "./dialect.ts"
import { toPostgresError } from "./postgres-error.ts"

/** "MLRG": names the store's lock among the database's advisory locks. */
export const writersLock = 0x4d4c5247

/** Rows of `have`: the schema of the store is there; something is in it; its table of the format is. */
const lookAround = `SELECT
  EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'millrace') AS "hasSchema",
  EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'millrace') AS "hasTables",
  to_regclass('millrace.store_format') IS NOT NULL AS "hasFormat"`

const begin = `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT pg_advisory_xact_lock(${writersLock});`

/** Runs statements in one transaction, alone among all platforms of the database. */
const alone = <A>(client: PostgresClient, work: Effect.Effect<A, StoreError>): Effect.Effect<A, StoreError> =>
  client.script(begin).pipe(
    Effect.andThen(work),
    Effect.tap(() => client.script("COMMIT")),
    Effect.onError(() => Effect.ignore(client.script("ROLLBACK")))
  )

const prepare = Effect.fnUntraced(function* (client: PostgresClient) {
  const [have] = (yield* client.run(lookAround)).rows
  if (have?.["hasFormat"] === true) return
  if (have?.["hasTables"] === true)
    return yield* toPostgresError(
      "open the store",
      new Error("the database's schema millrace is not that of a Millrace registry"),
      "corrupt"
    )
  if (have?.["hasSchema"] !== true) yield* client.script("CREATE SCHEMA millrace")
  yield* client.script(
    `${refusingFunction} CREATE TABLE store_format (format BIGINT NOT NULL); INSERT INTO store_format VALUES (0);`
  )
})

/** Applies the next step, if there is one; answers whether there was. */
const step = Effect.fnUntraced(function* (client: PostgresClient) {
  const [row] = (yield* client.run("SELECT format FROM store_format")).rows
  const format = Number(row?.["format"])
  if (!Number.isSafeInteger(format) || format < 0)
    return yield* toPostgresError("read the store's format", new Error("it has none"), "corrupt")
  if (format > storeFormat)
    return yield* toPostgresError("open the store", new Error(`the store has format ${format}`), "newer")
  const text = steps[format]
  if (text === undefined) return false
  yield* client.script(postgresStep(text))
  yield* client.run("UPDATE store_format SET format = $1", [format + 1])
  return true
})

/**
 * Brings the store to this release's format, each step in a transaction of its own. Of platforms that start at once one does a step, and the
 * others find it done.
 */
export const migratePostgres = Effect.fnUntraced(function* (
  client: PostgresClient
): Effect.fn.Return<void, StoreError> {
  yield* alone(client, prepare(client))
  while (yield* alone(client, step(client)));
})
