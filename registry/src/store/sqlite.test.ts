import { mkdtemp, rm, truncate, writeFile, readFile } from "node:fs/promises"
import { DatabaseSync } from "node:sqlite"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { assert, describe, it } from "vitest"
import { Database, execute, inTransaction } from "./database.ts"
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

describe("the store", () => {
  it("keeps what was committed, and opens again at its format", () =>
    withFolder(async (file) => {
      await runOn(file, inTransaction(addScope("@a")))
      assert.equal(await runOn(file, countScopes), 1)
      const raw = new DatabaseSync(file)
      assert.deepInclude(raw.prepare("PRAGMA user_version").get(), { user_version: 3 })
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

  it("rolls back what fails, dies or is interrupted", () =>
    withFolder(async (file) => {
      const work = Effect.gen(function* () {
        yield* Effect.ignore(inTransaction(Effect.andThen(addScope("@a"), Effect.fail("no"))))
        yield* Effect.exit(inTransaction(Effect.andThen(addScope("@b"), Effect.die("bug"))))
        const stuck = yield* Effect.forkChild(inTransaction(Effect.andThen(addScope("@c"), Effect.never)), {
          startImmediately: true
        })
        yield* Fiber.interrupt(stuck)
        const before = yield* countScopes
        yield* inTransaction(addScope("@d"))
        return [before, yield* countScopes]
      })
      assert.deepEqual(await runOn(file, work), [0, 1])
    }))

  it("shows a transaction's writes to itself alone until it is committed", () =>
    withFolder(async (file) => {
      const work = Effect.gen(function* () {
        const outside = yield* Database
        return yield* inTransaction(
          Effect.gen(function* () {
            yield* addScope("@a")
            const inside = yield* countScopes
            const [beside] = yield* Effect.promise(() =>
              Effect.runPromise(outside.rows("SELECT COUNT(*) AS n FROM scopes"))
            )
            return [inside, beside?.["n"]]
          })
        )
      })
      assert.deepEqual(await runOn(file, work), [1, 0])
    }))

  it("lets writers wait for each other, so that none works on what another is changing", () =>
    withFolder(async (file) => {
      const addNext = inTransaction(
        Effect.gen(function* () {
          const count = yield* countScopes
          yield* Effect.yieldNow
          yield* addScope(`@${String(count)}`)
        })
      )
      const work = Effect.andThen(
        Effect.all(
          Array.from({ length: 20 }, () => addNext),
          { concurrency: 20 }
        ),
        countScopes
      )
      assert.equal(await runOn(file, work), 20)
    }))

  it("does not write outside a transaction", () =>
    withFolder(async (file) => {
      const error = await runOn(file, Effect.flip(addScope("@a")))
      assert.match(String(error.cause), /readonly/)
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

  it("never changes or deletes a published version, nor a schema", () =>
    withFolder(async (file) => {
      const fill = inTransaction(
        Effect.gen(function* () {
          yield* addScope("@a")
          yield* execute("INSERT INTO packages VALUES ('@a/b', '@a', 'a/b', 0)")
          yield* execute(
            "INSERT INTO versions VALUES ('@a/b', '1.0.0', 'sha512-x', 1, '{}', NULL, 0, 'ann', NULL, NULL)"
          )
          yield* execute("INSERT INTO schemas VALUES (1, '', 'x', '\"int\"', '[]')")
        })
      )
      await runOn(file, fill)
      for (const sql of [
        "UPDATE versions SET integrity = 'sha512-y'",
        "DELETE FROM versions",
        "UPDATE schemas SET text = '\"long\"'"
      ])
        assert.match(
          String((await runOn(file, Effect.flip(inTransaction(execute(sql))))).cause),
          /never/,
          sql
        )
      await runOn(file, inTransaction(execute("UPDATE versions SET yanked = 'bad'")))
    }))
})
