import { databaseAcceptance, type OnStore } from "../../registry/src/store/acceptance.ts"
import { blobAcceptance } from "../../registry/src/store/blob-acceptance.ts"
import { databaseBlobStore } from "../../registry/src/store/database-blobs.ts"
import { Database, execute, inTransaction } from "../../registry/src/store/database.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { opened } from "./open-store.ts"
import { type PostgresServer, startPostgres } from "./server.ts"

describe("the store in PostgreSQL", () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  for (const { name, run } of databaseAcceptance)
    it(name, async () => {
      const url = await server.createDatabase()
      const onStore: OnStore = (work) =>
        Effect.runPromise(
          Effect.scoped(
            Effect.flatMap(opened(url), ({ database }) => Effect.provideService(work, Database, database))
          )
        )
      await run(onStore)
    })

  for (const { name, run } of blobAcceptance)
    it(`${name}, in rows`, async () => {
      const url = await server.createDatabase()
      const work = Effect.flatMap(opened(url), ({ database }) =>
        Effect.provide(run, databaseBlobStore.pipe(Layer.provide(Layer.succeed(Database, database))))
      )
      await Effect.runPromise(Effect.scoped(work))
    })

  it("lets the writers of several platforms wait for each other", async () => {
    const url = await server.createDatabase()
    const addNext = inTransaction(
      Effect.gen(function* () {
        const [row] = yield* Database.use(({ rows }) => rows("SELECT COUNT(*) AS n FROM scopes"))
        const name = `@${String(row?.["n"])}`
        yield* execute("INSERT INTO scopes (name, form, created_at, created_by) VALUES (?, ?, 0, 'ann')", [
          name,
          name
        ])
      })
    )
    const platform = Effect.scoped(
      Effect.flatMap(opened(url), ({ database }) =>
        Effect.provideService(Effect.replicateEffect(addNext, 15), Database, database)
      )
    )
    await Promise.all([1, 2, 3].map(() => Effect.runPromise(platform)))
    const [row] = await server.query(url, "SELECT COUNT(*) AS n FROM millrace.scopes")
    assert.equal(row?.["n"], "45")
  })
})
