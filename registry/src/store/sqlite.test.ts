import { mkdtemp, rm, truncate, writeFile, readFile } from "node:fs/promises"
import { DatabaseSync } from "node:sqlite"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { databaseAcceptance } from "./acceptance.ts"
import { Database, execute, inTransaction } from "./database.ts"
import { storeFormat } from "./migrations.ts"
import { sqliteDatabase } from "./sqlite.ts"
import type { StoreError } from "./store-error.ts"
import { createTables } from "./tables.ts"

const withFolder = async (use: (file: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-store-"))
  try {
    await use(join(folder, "registry.db"))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const runOn = <A, E>(file: string, work: Effect.Effect<A, E, Database>): Promise<A> =>
  Effect.runPromise(Effect.provide(work, sqliteDatabase(file)))

const openingError = (file: string): Promise<StoreError> =>
  Effect.runPromise(
    Effect.flip(Effect.provide(Effect.asVoid(Effect.service(Database)), sqliteDatabase(file)))
  )

const addScope = (name: string) =>
  execute("INSERT INTO scopes (name, form, created_at, created_by) VALUES (?, ?, 0, 'ann')", [name, name])
const countScopes = Effect.map(
  Database.use((database) => database.rows("SELECT COUNT(*) AS n FROM scopes")),
  ([row]) => row?.["n"]
)

describe("the store in SQLite", () => {
  for (const { name, run } of databaseAcceptance)
    it(name, () => withFolder((file) => run((work) => runOn(file, work))))

  it("marks its file with its format", () =>
    withFolder(async (file) => {
      await runOn(file, inTransaction(addScope("@a")))
      const raw = new DatabaseSync(file)
      assert.deepInclude(raw.prepare("PRAGMA user_version").get(), { user_version: storeFormat })
      assert.deepInclude(raw.prepare("PRAGMA application_id").get(), { application_id: 0x4d4c5247 })
      raw.close()
    }))

  it("brings a store of format 1 to its own, and keeps what is in it", () =>
    withFolder(async (file) => {
      const old = new DatabaseSync(file)
      old.exec(createTables)
      old.exec("PRAGMA application_id = 0x4d4c5247; PRAGMA user_version = 1")
      old.exec("INSERT INTO scopes (name, form, created_at, created_by) VALUES ('@old', '@old', 0, 'ann')")
      old.close()
      assert.equal(await runOn(file, countScopes), 1)
      const [row] = await runOn(
        file,
        Database.use((database) => database.rows("SELECT id FROM installation"))
      )
      assert.match(String(row?.["id"]), /^[0-9a-f]{12}$/)
    }))

  it("refuses a file that is not its own, newer, truncated or damaged, and leaves it as it was", () =>
    withFolder(async (file) => {
      await writeFile(file, "not a database, but long enough to be read as one".repeat(100))
      assert.equal((await openingError(file)).reason, "corrupt")
      assert.include(await readFile(file, "utf8"), "not a database")
      await rm(file)
      const foreign = new DatabaseSync(file)
      foreign.exec("CREATE TABLE films (id INTEGER)")
      foreign.close()
      assert.deepInclude(await openingError(file), {
        reason: "corrupt",
        remedy: "Restore the data folder from a backup."
      })
      await rm(file)
      await runOn(file, inTransaction(addScope("@a")))
      const later = new DatabaseSync(file)
      later.exec("PRAGMA user_version = 99")
      later.close()
      assert.equal((await openingError(file)).reason, "newer")
    }))

  it("refuses a file that was cut", () =>
    withFolder(async (file) => {
      await runOn(file, inTransaction(addScope("@a")))
      await rm(`${file}-wal`, { force: true })
      await truncate(file, 8192)
      assert.equal((await openingError(file)).reason, "corrupt")
    }))
})
