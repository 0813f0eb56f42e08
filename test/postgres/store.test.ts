import { databaseAcceptance, type OnStore } from "../../registry/src/store/acceptance.ts"
import { blobAcceptance } from "../../registry/src/store/blob-acceptance.ts"
import { databaseBlobStore } from "../../registry/src/store/database-blobs.ts"
import { Database } from "../../registry/src/store/database.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { afterAll, beforeAll, describe, it } from "vitest"
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
})
