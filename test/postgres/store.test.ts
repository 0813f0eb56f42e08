import { databaseAcceptance, type OnStore } from "../../registry/src/store/acceptance.ts"
import { Database } from "../../registry/src/store/database.ts"
import * as Effect from "effect/Effect"
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
})
