import { readFileSync } from "node:fs"
import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import {
  idsIn,
  json,
  order,
  orderOf,
  receiverOf,
  refusal,
  type Seen,
  streamOf,
  url
} from "./fixture/receiver.ts"

describe("the webhook sink", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  it("does what its README shows", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const { config, schema, input, requests, rejected } = JSON.parse(
      /```json\n([^`]*)```/.exec(readme)?.[1] ?? ""
    )
    const { seen, fakes } = receiverOf(({ body }) =>
      body.includes("Plan 9") ? { status: 422, body: { error: "too bad" } } : { status: 202 }
    )
    const run = await sandbox.sink({ config, input: { schema, values: input, key: ["title"] }, fakes })
    assert.sameDeepMembers(
      seen.map((request) => ({
        line: `${request.method} ${request.url}`,
        body: JSON.parse(request.body)
      })),
      requests
    )
    assert.deepEqual(
      run.deadLetters.map(({ message }) => message),
      rejected
    )
  })

  it("sends a record in a request of its own, with an id that stays, and what the worker needs to try again", async () => {
    const first = receiverOf()
    const config = {
      url,
      auth: { secret: "HOOK_TOKEN" },
      sign: { secret: "HOOK_KEY", timestampHeader: "X-Sent" },
      headers: { "X-Shop": "1" },
      timeoutMs: 500,
      retry: { attempts: 7, statuses: [503] }
    }
    const run = await sandbox.sink({ config, input: streamOf(["a", "b"]), fakes: first.fakes })
    assert.deepEqual(run.deadLetters, [])
    const bodies = first.seen.map(({ method, url: to, body }) => [method, to, JSON.parse(body)])
    assert.sameDeepMembers(bodies, [
      ["POST", url, json("a")],
      ["POST", url, json("b")]
    ])
    const [one] = first.seen
    assert.deepInclude(one?.payload["auth"], { secret: "HOOK_TOKEN", prefix: "Bearer " })
    assert.deepInclude(one?.payload["sign"], {
      secret: "HOOK_KEY",
      header: "x-signature-256",
      timestampHeader: "X-Sent"
    })
    assert.deepInclude(one?.payload, {
      timeoutMs: 500,
      retry: { attempts: 7, delayMs: 250, statuses: [503] }
    })
    assert.deepInclude(one?.headers, { "content-type": "application/json", "X-Shop": "1" })
    const keys = (seen: readonly Seen[]) =>
      new Map(seen.map(({ body, headers }) => [JSON.parse(body).id, headers["Idempotency-Key"]]))
    const again = receiverOf()
    await sandbox.sink({ config, input: streamOf(["a", "b"]), fakes: again.fakes, batchSize: 1 })
    assert.deepEqual(keys(again.seen), keys(first.seen))
    assert.strictEqual(new Set(keys(first.seen).values()).size, 2)
    for (const key of keys(first.seen).values()) assert.match(key ?? "", /^[0-9a-f]{32}$/)
  })

  it("asks for no secret that the config does not name", async () => {
    const { seen, fakes } = receiverOf()
    await sandbox.sink({ config: { url }, input: streamOf(["a"]), fakes })
    assert.deepInclude(seen[0]?.payload, { auth: null, sign: null })
  })

  it("fills arrays and NDJSON up to their limits, records of one key in order", async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `k${index % 6}`)
    for (const batch of ["array", "ndjson"] as const) {
      const { seen, fakes } = receiverOf()
      const config = { url, batch, maxRecords: 7, maxInFlight: 3 }
      const values = ids.map((id, index) => ({ ...orderOf(id), day: index }))
      await sandbox.sink({ config, input: { schema: order, key: ["id"], values }, fakes })
      const sent = seen.map(idsIn)
      assert.isTrue(sent.every(({ length }) => length <= 7))
      assert.sameMembers(sent.flat(), ids)
      const days = seen.flatMap(({ body }) =>
        [...body.matchAll(/"id":"(k\d)","day":"([^"]*)"/g)].map(([, id = "", day = ""]) => ({ id, day }))
      )
      for (const id of ["k0", "k5"]) {
        const mine = days.filter((one) => one.id === id).map(({ day }) => day)
        assert.deepEqual(mine, mine.toSorted())
        assert.lengthOf(mine, 10)
      }
    }
  })

  it("keeps a request below maxBytes, and rejects a record that is larger", async () => {
    const { seen, fakes } = receiverOf()
    const config = { url, batch: "array", maxBytes: 120, maxInFlight: 1 }
    const input = streamOf(["a", "b", "c", "x".repeat(100)])
    const run = await sandbox.sink({ config, input, fakes })
    assert.deepEqual(seen.map(idsIn), [["a", "b"], ["c"]])
    assert.isTrue(seen.every(({ body }) => body.length <= 120))
    assert.match(run.deadLetters[0]?.message ?? "", /^the record is 1\d\d bytes of JSON/)
  })

  it("finds the record that the receiver refuses among its neighbours", async () => {
    const { seen, fakes } = receiverOf(({ body }) =>
      body.includes('"bad"') ? { status: 400, body: { error: "no" } } : { status: 200 }
    )
    const config = { url, batch: "array", maxInFlight: 1 }
    const input = streamOf(["a", "b", "bad", "c", "d"])
    const run = await sandbox.sink({ config, input, fakes })
    assert.deepEqual(
      run.deadLetters.map(({ message }) => message),
      ['the receiver answered 400: {"error":"no"}']
    )
    const taken = seen.filter(({ body }) => !body.includes('"bad"')).flatMap(idsIn)
    assert.deepEqual(taken, ["a", "b", "c", "d"])
  })

  it("rejects all records of a refused request where the config says so", async () => {
    const { seen, fakes } = receiverOf(() => ({ status: 400 }))
    const config = { url, batch: "ndjson", refused: "dead-letter", maxInFlight: 1 }
    const run = await sandbox.sink({ config, input: streamOf(["a", "b"]), fakes })
    assert.lengthOf(run.deadLetters, 2)
    assert.lengthOf(seen, 1)
  })

  it("reads from the reply which records failed, and sends again those that may yet be taken", async () => {
    const { seen, fakes } = receiverOf((_, before) =>
      before === 0
        ? {
            status: 207,
            body: {
              failed: [
                { at: 1, why: "no such day" },
                { at: 2, later: true }
              ]
            }
          }
        : { status: 200, body: { failed: [] } }
    )
    const partial = { failed: "/failed", index: "/at", reason: "/why", retry: "/later" }
    const config = { url, batch: "array", maxInFlight: 1, partial, retry: { backoffMs: 1 } }
    const run = await sandbox.sink({ config, input: streamOf(["a", "b", "c"]), fakes })
    assert.deepEqual(seen.map(idsIn), [["a", "b", "c"], ["c"]])
    assert.deepEqual(
      run.deadLetters.map(({ message }) => message),
      ["the receiver did not take it: no such day"]
    )
  })

  it("stops when a reply names a record that was not sent: it cannot know what was taken", async () => {
    const { fakes } = receiverOf(() => ({ status: 200, body: { failed: [7] } }))
    const config = { url, batch: "array", partial: { failed: "/failed" } }
    const run = sandbox.sink({ config, input: streamOf(["a"]), fakes })
    assert.match(
      await refusal(run),
      /not as the config's partial says: item 0 at failed names none of the 1 records/
    )
  })

  it("waits for a receiver that is away, or makes dead letters, as the config says", async () => {
    const { fakes } = receiverOf(() => ({ status: 503 }))
    const waiting = sandbox.sink({ config: { url }, input: streamOf(["a"]), fakes })
    assert.match(await refusal(waiting), /ReceiverUnavailableError: the receiver answered 503/)
    const config = { url, exhausted: "dead-letter" }
    const run = await sandbox.sink({ config, input: streamOf(["a"]), fakes })
    assert.match(run.deadLetters[0]?.message ?? "", /answered 503/)
  })

  it("stops at once where the receiver takes nobody's requests, or nothing was granted", async () => {
    for (const status of [401, 403, 302]) {
      const { fakes } = receiverOf(() => ({ status }))
      const run = sandbox.sink({ config: { url }, input: streamOf(["a", "b"]), fakes })
      assert.match(await refusal(run), new RegExp(`ReceiverRefusedError: the receiver answered ${status}`))
    }
    const run = sandbox.sink({ config: { url }, input: streamOf(["a"]) })
    assert.match(await refusal(run), /ReceiverRefusedError: PERMISSION_DENIED/)
  })

  it("puts fields and the key into the path, and no more than that", async () => {
    const { seen, fakes } = receiverOf()
    const config = { url, path: "/orders/{id}?key={$key}", method: "PUT", maxInFlight: 1 }
    const run = await sandbox.sink({ config, input: streamOf(["a/../b", ".."]), fakes })
    assert.deepEqual(
      seen.map(({ method, url: to }) => [method, to]),
      [["PUT", `${url}/orders/a%2F..%2Fb?key=a%2F..%2Fb`]]
    )
    assert.match(run.deadLetters[0]?.message ?? "", /id is "\.\.", which cannot stand in a path/)
  })

  it("wraps values where asked", async () => {
    const { seen, fakes } = receiverOf()
    const input = { ...streamOf(["a"]), timestamps: [1_000] }
    await sandbox.sink({ config: { url, body: "envelope" }, input, fakes })
    assert.deepEqual(JSON.parse(seen[0]?.body ?? ""), {
      id: seen[0]?.headers["Idempotency-Key"],
      key: "a",
      timestamp: "1970-01-01T00:00:01.000Z",
      value: json("a")
    })
  })

  it("is refused where its config cannot work", async () => {
    const refused = (config: object) =>
      refusal(sandbox.sink({ config: { url, ...config }, input: streamOf([]) }))
    assert.match(await refused({ path: "/{id}", batch: "array" }), /config\/path: .*one path/)
    assert.match(
      await refused({ path: "/{ib}" }),
      /the stream has no field ib; its fields are id, day, total/
    )
    assert.match(await refused({ path: "/{id}", tombstones: "delete" }), /write \{\$key\} in path/)
    assert.match(await refused({ tombstones: "delete", batch: "ndjson" }), /a DELETE is of one record/)
    assert.match(await refused({ partial: { failed: "errors" } }), /partial.*failed/s)
  })
})
