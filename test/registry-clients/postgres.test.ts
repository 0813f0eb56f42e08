import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { makeSender, play } from "../../registry/src/confluent/testing/rest-story.ts"
import { modeStories } from "../../registry/src/confluent/testing/mode-stories.ts"
import { referenceStories } from "../../registry/src/confluent/testing/reference-stories.ts"
import { subjectStories } from "../../registry/src/confluent/testing/subject-stories.ts"
import { type PostgresServer, startPostgres } from "../postgres/server.ts"

// What is held to the files of a data folder beside the API, held to a real PostgreSQL server.

describe("the schema registry's API, over PostgreSQL,", () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
    // Where the registries under test make their databases; it is read when they are loaded.
    process.env["MILLRACE_TEST_SERVER"] = server.url("postgres")
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it.each([...subjectStories, ...modeStories, ...referenceStories])("$title", async ({ rows }) => {
    const { listen, makeTestRegistry } = await import("../../registry/src/testing/test-registry.ts")
    await using registry = await makeTestRegistry()
    await using listening = await listen(registry)
    const send = makeSender(`${listening.url}/schema-registry`, registry.token)
    for (const row of rows) await play(send, row)
  })
  it("was held to the server, one database for each registry", async () => {
    const [row] = await server.query(
      server.url("postgres"),
      "SELECT COUNT(*) AS n FROM pg_database WHERE datname LIKE 'test%'"
    )
    assert.isAbove(Number(row?.["n"]), 10)
  })
})
