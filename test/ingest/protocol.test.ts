import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { parseAvroOrThrow } from "@millrace/sdk/avro"
import { datumWriter } from "@millrace/sdk/codec"
import { ByteSink } from "@millrace/sdk/record"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type HeldPlatform, holdPlatform } from "../http/platform.ts"
import { temporaryFolder, until } from "../input/program.ts"
import { idsIn, open, shopPipeline, visitSchema } from "./shop.ts"

// The protocol of docs/formats/ingest.md, spoken to the platform by hand.

const folder = temporaryFolder()
let platform: HeldPlatform
let token = ""

beforeAll(async () => {
  platform = await holdPlatform(join(folder.path, "data"))
  const file = shopPipeline(folder.path, "shop", { origins: ["https://shop.example"] })
  token = await open(platform, file, "shop")
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: {
    readonly accepted?: number
    readonly duplicates?: number
    readonly rejected?: number
    readonly results?: readonly {
      readonly status: string
      readonly code?: string
      readonly pointer?: string
    }[]
    readonly error?: { readonly code: string; readonly message: string }
  }
}

const post = async (
  body: string | Uint8Array,
  headers: { readonly [name: string]: string } = {},
  path = "shop/visits"
): Promise<Reply> => {
  const reply = await fetch(`${platform.url}/ingest/${path}`, {
    method: "POST",
    body: typeof body === "string" ? body : Buffer.from(body),
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers }
  })
  return { status: reply.status, headers: reply.headers, body: JSON.parse(await reply.text()) }
}

let made = 0
const visit = (more: object = {}) => ({ id: `v-${made++}`, at: 1_700_000_000_000, page: "/", ...more })

const codeOf = ({ body }: Reply): string => body.error?.code ?? ""

const outcomes = ({ body }: Reply) =>
  body.results?.map(({ code, pointer, status }) => (status === "rejected" ? `${code} ${pointer}` : status))

describe("posting events", () => {
  it("takes a list, a single one, and lines, and says of each what became of it", async () => {
    const known = visit()
    const list = await post(JSON.stringify([known, visit(), known, visit({ page: 7 })]))
    assert.strictEqual(list.status, 202)
    assert.deepStrictEqual(outcomes(list), ["accepted", "accepted", "duplicate", "EVENT_INVALID /page"])
    assert.deepInclude(list.body, { accepted: 2, duplicates: 1, rejected: 1 })
    assert.deepStrictEqual(outcomes(await post(JSON.stringify(known))), ["duplicate"])
    const lines = `${JSON.stringify(visit())}\r\n\n{ no\n${JSON.stringify(known)}`
    const told = await post(lines, { "content-type": "application/x-ndjson; charset=utf-8" })
    assert.deepStrictEqual(outcomes(told), ["accepted", "EVENT_NOT_JSON ", "duplicate"])
    await until(
      () => idsIn(platform, "shop.visits"),
      (ids) => ids.length === 3
    )
  })

  it("takes Avro by single-object encoding, and nothing that is written with another contract", async () => {
    const shown = await fetch(`${platform.url}/ingest/shop/visits`, {
      headers: { authorization: `Bearer ${token}` }
    })
    const { fingerprint, schema }: { readonly fingerprint: string; readonly schema: unknown } = JSON.parse(
      await shown.text()
    )
    assert.deepStrictEqual(schema, visitSchema)
    const writer = datumWriter(parseAvroOrThrow(schema))
    const sink = new ByteSink(65_536, 64)
    const head = Uint8Array.of(0xc3, 0x01, ...Buffer.from(fingerprint, "hex").reverse())
    const first = visit()
    for (const one of [first, visit({ count: 3 }), first]) {
      sink.copy(head, 0, head.length)
      writer.write(one, sink)
    }
    const bytes = sink.toBytes()
    const avro = { "content-type": "avro/binary" }
    assert.deepStrictEqual(outcomes(await post(bytes, avro)), ["accepted", "accepted", "duplicate"])
    const foreign = Uint8Array.from(bytes)
    foreign[5] = (foreign[5] ?? 0) ^ 1
    assert.strictEqual(codeOf(await post(foreign, avro)), "EVENTS_SCHEMA_UNKNOWN")
    const cut = await post(bytes.subarray(0, bytes.length - 3), avro)
    assert.strictEqual(codeOf(cut), "REQUEST_INVALID")
    assert.strictEqual(codeOf(await post(new Uint8Array(0), avro)), "REQUEST_INVALID")
  })

  it("answers 422 when nothing fits, with what is wrong", async () => {
    const reply = await post(JSON.stringify([visit({ id: "" }), visit({ at: Date.now() + 86_400_000 })]))
    assert.strictEqual(reply.status, 422)
    assert.strictEqual(codeOf(reply), "EVENTS_REJECTED")
    assert.deepStrictEqual(outcomes(reply), ["EVENT_ID_INVALID /id", "EVENT_TIME_AHEAD /at"])
  })

  it("takes gzip, and unpacks no more than it would take unpacked", async () => {
    const packed = { "content-encoding": "gzip" }
    const event = visit()
    assert.deepStrictEqual(outcomes(await post(gzipSync(JSON.stringify(event)), packed)), ["accepted"])
    const bomb = await post(gzipSync(Buffer.alloc(200 * 1024 * 1024, " ")), packed)
    assert.strictEqual(bomb.status, 413)
    assert.strictEqual(codeOf(bomb), "REQUEST_TOO_LARGE")
    assert.strictEqual(codeOf(await post("no gzip", packed)), "REQUEST_INVALID")
    assert.strictEqual(codeOf(await post(gzipSync("{}").subarray(0, 12), packed)), "REQUEST_INVALID")
    assert.strictEqual(codeOf(await post("{}", { "content-encoding": "br" })), "CONTENT_ENCODING_UNSUPPORTED")
  })

  it("refuses what is too large, too many, of another type, or no text", async () => {
    assert.strictEqual((await post(" ".repeat(4 * 1024 * 1024 + 1))).status, 413)
    const many = await post(`[${Array.from({ length: 10_001 }, () => "0").join(",")}]`)
    assert.strictEqual(codeOf(many), "EVENTS_TOO_MANY")
    assert.strictEqual(codeOf(await post("{}", { "content-type": "text/plain" })), "CONTENT_TYPE_UNSUPPORTED")
    for (const body of ["", "[]", "[", "[".repeat(4_000_000), Uint8Array.of(0x22, 0xff, 0x22)])
      assert.strictEqual(codeOf(await post(body)), "REQUEST_INVALID")
  })

  it("asks for a token that may send here, which may do nothing else", async () => {
    const elsewhere = JSON.parse(
      (await platform.command("token", "create", "other", "--scope", "ingest:other", "--json")).stdout
    ).token
    assert.strictEqual((await post("{}", { authorization: "" })).status, 401)
    assert.strictEqual(codeOf(await post("{}", { authorization: `Bearer ${elsewhere}` })), "FORBIDDEN")
    for (const path of ["status", "pipelines", "topics", "tokens"]) {
      const reply = await fetch(`${platform.url}/api/${path}`, {
        headers: { authorization: `Bearer ${token}` }
      })
      assert.strictEqual(reply.status, 403, path)
    }
    assert.strictEqual(codeOf(await post("{}", {}, "shop/nobody")), "INBOX_UNKNOWN")
  })

  it("lets in the pages of the origins that were granted, and of no others", async () => {
    const ask = (origin: string, method: string) =>
      fetch(`${platform.url}/ingest/shop/visits`, {
        method,
        headers: {
          origin,
          "sec-fetch-site": "cross-site",
          "content-type": "application/json",
          authorization: `Bearer ${token}`
        },
        ...(method === "POST" ? { body: JSON.stringify(visit()) } : {})
      })
    const before = await ask("https://shop.example", "OPTIONS")
    assert.strictEqual(before.status, 204)
    assert.strictEqual(before.headers.get("access-control-allow-origin"), "https://shop.example")
    assert.include(before.headers.get("access-control-allow-headers") ?? "", "authorization")
    const sent = await ask("https://shop.example", "POST")
    assert.strictEqual(sent.status, 202)
    assert.strictEqual(sent.headers.get("access-control-allow-origin"), "https://shop.example")
    for (const origin of [
      "https://evil.example",
      "https://shop.example.evil.example",
      "http://shop.example",
      "null"
    ])
      for (const method of ["OPTIONS", "POST"]) {
        const refused = await ask(origin, method)
        assert.strictEqual(refused.status, 403, origin)
        assert.isNull(refused.headers.get("access-control-allow-origin"))
      }
    const api = await fetch(`${platform.url}/api/health`, { headers: { origin: "https://shop.example" } })
    assert.strictEqual(api.status, 403)
  })
})

describe("a hostile body", () => {
  const rejected = async (event: string): Promise<string> => {
    const reply = await post(event)
    assert.strictEqual(reply.status, 422, JSON.stringify(reply.body))
    return outcomes(reply)?.[0] ?? ""
  }
  const text = (more: string): string => `{"id":"h-${made++}","at":1700000000000,"page":"/"${more}}`

  it("makes no property of a prototype, and names no field that the contract has not", async () => {
    assert.strictEqual(await rejected(text(',"__proto__":{"count":1}')), "EVENT_INVALID ")
    assert.strictEqual(await rejected(text(',"constructor":1')), "EVENT_INVALID ")
    assert.strictEqual(await rejected(text(',"toString":1')), "EVENT_INVALID ")
    assert.strictEqual(await rejected('{"__proto__":{"id":"x","at":1,"page":"/"}}'), "EVENT_INVALID ")
  })

  it("brings no number that the contract has not, however it is written", async () => {
    for (const count of ["1e999", "2147483648", "-2147483649", "1.5", '"1"', "true", "[]", "{}"])
      assert.strictEqual(await rejected(text(`,"count":${count}`)), "EVENT_INVALID /count", count)
    for (const at of ["9007199254740993", "1e300", "-1e300", "8640000000000001", "null", '"2026-01-01"'])
      assert.match(
        await rejected(`{"id":"h","at":${at},"page":"/"}`),
        /^EVENT_(INVALID|TIME_AHEAD) \/at$/,
        at
      )
  })

  it("is a text or is none: half a surrogate pair is refused, all else of Unicode comes through", async () => {
    assert.match(await rejected(`{"id":"h","at":1,"page":"\\ud800"}`), /^EVENT_INVALID/)
    assert.match(await rejected(`{"id":"\\udc00","at":1,"page":"/"}`), /^EVENT_(ID_)?INVALID/)
    const page = "\u0000 é 日本 🦆 \u202e ﷺ \u2028"
    const event = visit({ page })
    assert.deepStrictEqual(outcomes(await post(JSON.stringify(event))), ["accepted"])
    const found = await until(
      async () =>
        (await platform.command("topic", "read", "shop.visits", "--limit", "1000", "--json")).stdout
          .split("\n")
          .filter((line) => line.includes(event.id)),
      (lines) => lines.length === 1
    )
    assert.strictEqual(JSON.parse(found[0] ?? "{}").value.page, page)
  })

  it("has an id of 200 bytes at most, by bytes", async () => {
    assert.deepStrictEqual(outcomes(await post(JSON.stringify(visit({ id: "x".repeat(200) })))), ["accepted"])
    assert.strictEqual(await rejected(JSON.stringify(visit({ id: "x".repeat(201) }))), "EVENT_ID_INVALID /id")
    assert.strictEqual(await rejected(JSON.stringify(visit({ id: "é".repeat(101) }))), "EVENT_ID_INVALID /id")
  })

  it("has an event of 1 MiB at most, and costs the others in it nothing", async () => {
    const reply = await post(JSON.stringify([visit({ page: "x".repeat(1_100_000) }), visit()]))
    assert.deepStrictEqual(outcomes(reply), ["EVENT_TOO_LARGE ", "accepted"])
  })

  it("nests as deep as it likes without harm", async () => {
    const deep = `${'{"a":'.repeat(300_000)}1${"}".repeat(300_000)}`
    assert.strictEqual(await rejected(deep), "EVENT_INVALID ")
    assert.strictEqual(
      await rejected(text(`,"count":${"[".repeat(200_000)}${"]".repeat(200_000)}`)),
      "EVENT_INVALID /count"
    )
  })
})
