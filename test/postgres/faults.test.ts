import { inspect } from "node:util"
import * as Effect from "effect/Effect"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { Database, execute, inTransaction } from "../../registry/src/store/database.ts"
import { steps, storeFormat } from "../../registry/src/store/migrations.ts"
import { postgresStep, refusingFunction } from "../../registry/src/store/postgres/dialect.ts"
import type { StoreError } from "../../registry/src/store/store-error.ts"
import { opened } from "./open-store.ts"
import { type PostgresServer, startPostgres } from "./server.ts"

const addScope = (name: string) =>
  execute("INSERT INTO scopes (name, form, created_at, created_by) VALUES (?, ?, 0, 'ann')", [name, name])
const countScopes = Effect.map(
  Database.use(({ rows }) => rows("SELECT COUNT(*) AS n FROM scopes WHERE name <> ?", ["-"])),
  ([row]) => row?.["n"]
)

const onStore = <A, E>(url: string, work: Effect.Effect<A, E, Database>): Promise<A> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(opened(url), ({ database }) => Effect.provideService(work, Database, database))
    )
  )

const openingError = (url: string): Promise<StoreError> =>
  Effect.runPromise(Effect.flip(Effect.scoped(opened(url))))

/** Ends the store's sessions, as an administrator or a crash of one of them does; not that which says so. */
const endSessions =
  "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'millrace'"

describe("a PostgreSQL server that fails its store", () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it("is told as unavailable while it is away, and served again when it is back", async () => {
    const url = await server.createDatabase()
    const restart = (word: "kill" | "start") => Effect.promise(() => server[word]())
    const work = Effect.gen(function* () {
      const told: unknown[] = []
      for (const name of ["@a", "@b", "@c"]) {
        yield* inTransaction(addScope(name))
        yield* restart("kill")
        const fails = Array.from({ length: 8 }, (_, index) =>
          Effect.flip(index % 2 === 0 ? countScopes : inTransaction(addScope(`${name}-${index}`)))
        )
        told.push(...(yield* Effect.all(fails, { concurrency: 8 })).map(({ reason }) => reason))
        yield* restart("start")
        yield* inTransaction(addScope(`${name}-after`))
        told.push(yield* countScopes)
      }
      return told
    })
    const away = Array.from({ length: 8 }, () => "unavailable")
    assert.deepEqual(await onStore(url, work), [...away, 2, ...away, 4, ...away, 6])
  })

  it("was restarted unnoticed: the next reads and transactions open their connections anew", async () => {
    const url = await server.createDatabase()
    const work = Effect.gen(function* () {
      yield* Effect.all([countScopes, countScopes, countScopes], { concurrency: 3 })
      yield* inTransaction(addScope("@a"))
      yield* Effect.promise(() => server.query(url, endSessions))
      yield* inTransaction(addScope("@b"))
      return yield* Effect.all([countScopes, countScopes, countScopes], { concurrency: 3 })
    })
    assert.deepEqual(await onStore(url, work), [2, 2, 2])
  })

  it("breaks the connection in a transaction: nothing of it is written, whatever comes after the break", async () => {
    const url = await server.createDatabase()
    const breaking = Effect.promise(() => server.query(url, endSessions))
    const work = Effect.gen(function* () {
      const cut = [
        Effect.andThen(addScope("@a"), breaking),
        Effect.andThen(Effect.andThen(addScope("@b"), breaking), addScope("@c")),
        Effect.andThen(Effect.andThen(addScope("@d"), breaking), Effect.ignore(addScope("@e"))),
        Effect.andThen(Effect.andThen(addScope("@f"), breaking), Effect.ignore(countScopes))
      ]
      const told: unknown[] = []
      for (const each of cut) told.push((yield* Effect.flip(inTransaction(each))).reason)
      yield* inTransaction(addScope("@z"))
      return [...told, yield* countScopes]
    })
    assert.deepEqual(await onStore(url, work), [
      "unavailable",
      "unavailable",
      "unavailable",
      "unavailable",
      1
    ])
  })

  it("refuses what a transaction does after a statement of it had failed", async () => {
    const url = await server.createDatabase()
    const work = Effect.gen(function* () {
      yield* inTransaction(addScope("@a"))
      const goesOn = Effect.andThen(addScope("@b"), Effect.ignore(addScope("@a")))
      const error = yield* Effect.flip(inTransaction(goesOn))
      return [error.operation, yield* countScopes]
    })
    assert.deepEqual(await onStore(url, work), ["commit", 1])
  })

  it("keeps no connection when the store is closed", async () => {
    const url = await server.createDatabase()
    await onStore(url, inTransaction(Effect.andThen(addScope("@a"), countScopes)))
    const left = await server.query(
      url,
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'millrace' AND datname = current_database()"
    )
    assert.deepEqual([...left], [])
  })

  it("is asked no more connections than a few, however much goes on", async () => {
    const url = await server.createDatabase()
    const much = Array.from({ length: 40 }, (_, index) =>
      index % 4 === 0 ? inTransaction(addScope(`@${index}`)) : countScopes
    )
    const work = Effect.andThen(
      Effect.all(much, { concurrency: 40 }),
      Database.use(({ rows }) =>
        rows(
          "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE application_name = ? AND datname = current_database()",
          ["millrace"]
        )
      )
    )
    assert.isAtMost(Number((await onStore(url, work))[0]?.["n"]), 5)
  })

  it("does not know the user, the database, or is not there: said so, and the password never", async () => {
    const url = await server.createDatabase()
    const wrong = new URL(url)
    wrong.password = "hush-hush"
    const missing = new URL(url)
    missing.pathname = "/nowhere"
    const closed = new URL(url)
    closed.port = "1"
    const errors = await Promise.all([wrong, missing, closed].map(({ href }) => openingError(href)))
    assert.deepEqual(
      errors.map(({ reason }) => reason),
      ["denied", "denied", "unavailable"]
    )
    for (const error of errors) {
      const told = `${inspect(error, { depth: 9, showHidden: true })} ${JSON.stringify(error)} ${String(error.cause)}`
      assert.notMatch(told, /hush-hush|p@ss:w|p%40ss/)
    }
  })

  it("has a foreign or newer store, which is left as it is", async () => {
    const url = await server.createDatabase()
    await server.query(url, "CREATE SCHEMA millrace; CREATE TABLE millrace.films (id INTEGER)")
    assert.equal((await openingError(url)).reason, "corrupt")
    const newer = await server.createDatabase()
    await onStore(newer, countScopes)
    await server.query(newer, "UPDATE millrace.store_format SET format = 999")
    assert.deepInclude(await openingError(newer), {
      reason: "newer",
      remedy: "Use the release that wrote this database, or a later one."
    })
  })

  it("is opened by several platforms at once: one of them makes each step", async () => {
    const url = await server.createDatabase()
    const counts = await Promise.all(Array.from({ length: 5 }, () => onStore(url, countScopes)))
    assert.deepEqual(counts, [0, 0, 0, 0, 0])
    const [row] = await server.query(
      url,
      "SELECT (SELECT COUNT(*) FROM millrace.installation) AS names, format FROM millrace.store_format"
    )
    assert.deepEqual({ ...row }, { names: "1", format: String(storeFormat) })
  })

  it("has a store of any earlier format, which is brought to this release's with what is in it", async () => {
    for (let format = 1; format < storeFormat; format++) {
      const url = await server.createDatabase()
      const made = steps.slice(0, format).map(postgresStep).join("\n")
      await server.query(
        url,
        `CREATE SCHEMA millrace; SET search_path = millrace; ${refusingFunction} ${made}
          CREATE TABLE store_format (format BIGINT NOT NULL); INSERT INTO store_format VALUES (${format});
          INSERT INTO scopes (name, form, created_at, created_by) VALUES ('@old', '@old', 0, 'ann')`
      )
      assert.equal(await onStore(url, countScopes), 1)
    }
  })
})
