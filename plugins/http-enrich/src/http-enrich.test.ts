import { readFileSync } from "node:fs"
import { type FakeCapability, openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const url = "https://films.example.com"
const film = {
  type: "record",
  name: "studio.Film",
  fields: [
    { name: "id", type: "string" },
    { name: "year", type: ["null", "int"] }
  ]
}
const filmsOf = (...ids: readonly string[]) => ids.map((id) => ({ id, year: null }))
const streamOf = (...ids: readonly string[]) => ({ schema: film, values: filmsOf(...ids) })

interface Seen {
  readonly line: string
  readonly body: unknown
  readonly payload: { readonly [name: string]: unknown }
}
interface Reply {
  readonly status?: number
  /** Text goes as it is. */
  readonly body?: unknown
}

const apiOf = (reply: (request: Seen) => Reply) => {
  const seen: Seen[] = []
  const api: FakeCapability = ({ payload, bytes }) => {
    const given: { readonly [name: string]: unknown } = { ...Object(payload) }
    const text = new TextDecoder().decode(bytes)
    const request = {
      line: `${String(given["method"])} ${String(given["url"])}`,
      body: text === "" ? undefined : JSON.parse(text),
      payload: given
    }
    seen.push(request)
    const { status = 200, body } = reply(request)
    const answer = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body)
    return {
      result: { status, url: String(given["url"]), headers: {} },
      bytes: new TextEncoder().encode(answer)
    }
  }
  return { seen, fakes: { api } }
}

const idOf = ({ line }: Seen): string => line.slice(line.lastIndexOf("/") + 1)

const messagesOf = (run: { readonly deadLetters: readonly { readonly message: string }[] }) =>
  run.deadLetters.map(({ message }) => message)

const refusal = async (run: Promise<unknown>): Promise<string> => {
  try {
    await run
    return "it was not refused"
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe("http-enrich", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  const rest = { url, path: "/films/{id}", adds: { rating: "double" } }

  it("does what its README shows", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const { config, schema, input, replies, output, rejected } = JSON.parse(
      /```json\n([^`]*)```/.exec(readme)?.[1] ?? ""
    )
    const { fakes } = apiOf(({ line }) => replies[line] ?? { status: 404 })
    const run = await sandbox.processor({ config, input: { schema, values: input }, fakes })
    assert.deepEqual(run.values, output)
    assert.deepEqual(messagesOf(run), rejected)
  })

  it("asks once for what is asked twice, in the order of nobody, and answers in the order of input", async () => {
    const { seen, fakes } = apiOf((request) => ({ body: { rating: idOf(request).length } }))
    const input = streamOf("a", "bb", "a", "ccc", "bb")
    const run = await sandbox.processor({ config: rest, input, fakes })
    assert.deepEqual(
      run.values.map((value) => Reflect.get(Object(value), "rating")),
      [1, 2, 1, 3, 2]
    )
    assert.sameMembers(
      seen.map(({ line }) => line),
      ["a", "bb", "ccc"].map((id) => `GET ${url}/films/${id}`)
    )
    assert.deepInclude(seen[0]?.payload, {
      auth: null,
      timeoutMs: 10_000,
      retry: { attempts: 4, delayMs: 250, statuses: [408, 425, 429, 500, 502, 503, 504] }
    })
  })

  it("says where an answer is not what was declared", async () => {
    const answers: { readonly [id: string]: unknown } = {
      text: { rating: "high" },
      deep: { rating: { value: 8 } },
      list: [8]
    }
    const { fakes } = apiOf((request) => ({ body: answers[idOf(request)] ?? "<html>" }))
    const config = { ...rest, missing: "fail" }
    const run = await sandbox.processor({ config, input: streamOf("text", "deep", "list", "html"), fakes })
    assert.deepEqual(messagesOf(run), [
      'the API\'s answer at rating: expected double, got "high"',
      'the API\'s answer at rating: expected double, got {"value":8}',
      "the API's answer has nothing at any field's place",
      "the API's reply is no JSON: <html>"
    ])
    assert.deepEqual(
      run.deadLetters.map(({ tag }) => tag),
      ["EnrichError", "EnrichError", "NotKnownError", "EnrichError"]
    )
  })

  it("reads every type that JSON can hold, and refuses days that are none", async () => {
    const config = {
      ...rest,
      adds: {
        released: { from: "/release/day", type: "date" },
        seen: "timestamp-micros",
        cast: { type: { type: "array", items: "string" } },
        prices: { type: { type: "map", values: "double" } },
        studio: {
          type: { type: "record", name: "Studio", fields: [{ name: "name", type: "string" }] }
        },
        gross: { type: { type: "string" }, nullable: true }
      }
    }
    const whole = {
      release: { day: "1985-12-18" },
      seen: "1970-01-01T00:00:01.000002Z",
      cast: ["Pryce"],
      prices: { us: 1 },
      studio: { name: "Embassy", city: "London" }
    }
    const { fakes } = apiOf((request) => ({
      body: idOf(request) === "ok" ? whole : { ...whole, release: { day: "1985-02-30" } }
    }))
    const run = await sandbox.processor({ config, input: streamOf("ok", "bad"), fakes })
    assert.deepEqual(run.values, [
      {
        id: "ok",
        year: null,
        released: 5_830,
        seen: 1_000_002,
        cast: ["Pryce"],
        prices: { us: 1 },
        studio: { name: "Embassy" },
        gross: null
      }
    ])
    assert.deepEqual(messagesOf(run), ['the API\'s answer at release.day: expected date, got "1985-02-30"'])
  })

  it("leaves new fields null for what the API does not know, or fails the record", async () => {
    const { fakes } = apiOf(() => ({ status: 404 }))
    const known = await sandbox.processor({ config: rest, input: streamOf("a"), fakes })
    assert.deepEqual(known.values, [{ id: "a", year: null, rating: null }])
    const config = { ...rest, missing: "fail" }
    const failing = await sandbox.processor({ config, input: streamOf("a"), fakes })
    assert.deepEqual(
      failing.deadLetters.map(({ tag, message }) => [tag, message]),
      [["NotKnownError", "the API answered 404"]]
    )
  })

  it("fails a record, or leaves its new fields null, when the API does not answer", async () => {
    const { fakes } = apiOf((request) =>
      idOf(request) === "b" ? { status: 500, body: "out of order" } : { body: { rating: 1 } }
    )
    const input = streamOf("a", "b", "c")
    const failing = await sandbox.processor({ config: rest, input, fakes })
    assert.lengthOf(failing.values, 2)
    assert.deepEqual(messagesOf(failing), ["the API answered 500: out of order"])
    const config = { ...rest, onError: "null" }
    const run = await sandbox.processor({ config, input, fakes })
    assert.deepEqual(
      run.values.map((value) => Reflect.get(Object(value), "rating")),
      [1, null, 1]
    )
    const denied = await sandbox.processor({ config: rest, input: streamOf("a") })
    assert.match(messagesOf(denied)[0] ?? "", /^PERMISSION_DENIED/)
  })

  it("sends a body made of fields", async () => {
    const { seen, fakes } = apiOf(() => ({ body: { rating: 1 } }))
    const config = { ...rest, path: "/find", body: { title: "id", released: "year" } }
    await sandbox.processor({ config, input: streamOf("a"), fakes })
    assert.deepEqual(seen[0]?.body, { title: "a", released: null })
    assert.strictEqual(seen[0]?.line, `POST ${url}/find`)
  })

  it("is refused where its config cannot work", async () => {
    const refused = (config: object) =>
      refusal(sandbox.processor({ config: { ...rest, ...config }, input: streamOf() }))
    assert.match(await refused({ path: "/{ib}" }), /no field ib to ask by; its fields are id, year/)
    assert.match(await refused({ adds: {} }), /config\/adds: name a field/)
    assert.match(await refused({ adds: { year: "int" } }), /config\/adds\/year: .*already has a field year/)
    assert.match(await refused({ adds: { x: "decimals" } }), /config\/adds\/x: /)
    assert.match(await refused({ adds: { x: "bytes" } }), /JSON has no bytes/)
    assert.match(await refused({ body: {}, method: "GET" }), /a GET has no body/)
  })
})

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
