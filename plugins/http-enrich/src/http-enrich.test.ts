import { readFileSync } from "node:fs"
import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { apiOf, idOf, messagesOf, refusal, streamOf, url } from "./fixture/api.ts"

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
