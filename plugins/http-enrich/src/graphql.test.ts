import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { apiOf, messagesOf, streamOf, url } from "./fixture/api.ts"

describe("http-enrich, by GraphQL", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  const byAlias = {
    url,
    path: "/graphql",
    graphql: {
      field: 'film(id: $id, note: "$id") { rating } # of $id',
      variables: { id: { type: "ID!", from: "id" } },
      max: 3
    },
    adds: { rating: "double" }
  }
  const ratingOf = (id: string) => (id === "none" ? null : { rating: id.length })

  it("asks for several records in one request, and gives each its own answer", async () => {
    const { seen, fakes } = apiOf(({ body }) => {
      const variables: readonly [string, string][] = Object.entries(Object(body).variables)
      return { body: { data: Object.fromEntries(variables.map(([, id], at) => [`r${at}`, ratingOf(id)])) } }
    })
    const run = await sandbox.processor({
      config: byAlias,
      input: streamOf("a", "bb", "none", "cccc"),
      fakes
    })
    assert.deepEqual(
      run.values.map((value) => Reflect.get(Object(value), "rating")),
      [1, 2, null, 4]
    )
    assert.lengthOf(seen, 2)
    assert.deepEqual(seen[0]?.body, {
      query: [
        "query ($id_0: ID!, $id_1: ID!, $id_2: ID!) {",
        'r0: film(id: $id_0, note: "$id") { rating } # of $id',
        'r1: film(id: $id_1, note: "$id") { rating } # of $id',
        'r2: film(id: $id_2, note: "$id") { rating } # of $id',
        "}"
      ].join("\n"),
      variables: { id_0: "a", id_1: "bb", id_2: "none" }
    })
  })

  it("fails those records alone that an error names, and all where it names none", async () => {
    const { fakes } = apiOf(() => ({
      body: {
        data: { r0: { rating: 1 }, r1: { rating: null }, r2: { rating: 3 } },
        errors: [{ message: "no rating", path: ["r1", "rating"] }]
      }
    }))
    const run = await sandbox.processor({ config: byAlias, input: streamOf("a", "b", "c"), fakes })
    assert.lengthOf(run.values, 2)
    assert.deepEqual(messagesOf(run), ["the API answered an error at r1.rating: no rating"])
    const whole = apiOf(() => ({ status: 400, body: { errors: [{ message: "no such field" }] } }))
    const none = await sandbox.processor({
      config: byAlias,
      input: streamOf("a", "b"),
      fakes: whole.fakes
    })
    assert.deepEqual(messagesOf(none), [
      "the API answered an error: no such field",
      "the API answered an error: no such field"
    ])
  })

  it("asks by a list, and finds each record's answer by its key", async () => {
    const { seen, fakes } = apiOf(() => ({
      body: {
        data: {
          films: [
            { id: "b", rating: 2 },
            { id: "a", rating: 1 },
            { id: "c", rating: null }
          ]
        },
        errors: [{ message: "hidden", path: ["films", 2, "rating"] }]
      }
    }))
    const config = {
      ...byAlias,
      graphql: {
        query: "query ($ids: [ID!]!) { films(ids: $ids) { id rating } }",
        list: { variable: "ids", from: "id", items: "/films", key: "/id" }
      }
    }
    const run = await sandbox.processor({ config, input: streamOf("a", "b", "c", "d"), fakes })
    assert.deepEqual(seen.length, 1)
    assert.deepEqual(Object(seen[0]?.body).variables, { ids: ["a", "b", "c", "d"] })
    assert.deepEqual(
      run.values.map((value) => Reflect.get(Object(value), "rating")),
      [1, 2, null]
    )
    assert.deepEqual(messagesOf(run), ["the API answered an error at films.2.rating: hidden"])
  })

  it("asks a whole document for one record", async () => {
    const { seen, fakes } = apiOf(() => ({ body: { data: { film: { rating: 5 } } } }))
    const config = {
      ...byAlias,
      graphql: { query: "query ($id: ID!) { film(id: $id) { rating } }", variables: { id: "id" } },
      adds: { rating: { from: "/film/rating", type: "double" } }
    }
    const run = await sandbox.processor({ config, input: streamOf("a"), fakes })
    assert.deepEqual(run.values, [{ id: "a", year: null, rating: 5 }])
    assert.deepEqual(Object(seen[0]?.body).variables, { id: "a" })
  })
})
