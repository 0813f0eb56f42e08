import type { DatabaseSync } from "node:sqlite"
import * as Effect from "effect/Effect"
import { createShared } from "./shared-tables.ts"
import { createSchemaSettings } from "./schema-registry-tables.ts"
import { createQuotas, createSecrets, createTables } from "./tables.ts"
import { type StoreError, toStoreError } from "./store-error.ts"

/** "MLRG": marks the file as a Millrace registry (`PRAGMA application_id`). */
const applicationId = 0x4d4c5247

/** Step n takes the store from format n to n + 1. A step that was released never changes. */
export const steps: readonly string[] = [
  createTables,
  createQuotas,
  createSecrets,
  createShared,
  createSchemaSettings
]

/** The format that this release writes: docs/formats/registry-store.md. */
export const storeFormat = steps.length

const pragma = (database: DatabaseSync, name: string): unknown =>
  database.prepare(`PRAGMA ${name}`).get()?.[name]

const isEmpty = (database: DatabaseSync): boolean =>
  database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined

const apply = (database: DatabaseSync, from: number): void => {
  for (const [index, step] of steps.entries()) {
    if (index < from) continue
    database.exec("BEGIN IMMEDIATE")
    try {
      database.exec(step)
      database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${index + 1};`)
      database.exec("COMMIT")
    } catch (cause) {
      if (database.isTransaction) database.exec("ROLLBACK")
      throw cause
    }
  }
}

/** Brings the store to this release's format, each step in a transaction of its own. */
export const migrate = Effect.fnUntraced(function* (
  database: DatabaseSync
): Effect.fn.Return<void, StoreError> {
  const found = yield* Effect.try({
    try: () => ({
      id: pragma(database, "application_id"),
      format: Number(pragma(database, "user_version")),
      empty: isEmpty(database)
    }),
    catch: (cause) => toStoreError("read the store's format", cause)
  })
  if (!found.empty && found.id !== applicationId)
    return yield* toStoreError("open the store", new Error("the file is not a Millrace registry"), "corrupt")
  if (found.format > storeFormat)
    return yield* toStoreError("open the store", new Error(`the store has format ${found.format}`), "newer")
  yield* Effect.try({
    try: () => apply(database, found.format),
    catch: (cause) => toStoreError("migrate the store", cause)
  })
})
