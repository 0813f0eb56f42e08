import type { ServerResponse } from "node:http"
import { gzipSync } from "node:zlib"
import * as Effect from "effect/Effect"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { HttpServers, textOf } from "../../testing/http-servers.ts"

const servers = new HttpServers()
beforeAll(() => servers.open())
afterAll(() => servers.close())

describe("an http request", () => {
  it("goes as it was asked, but for what is the worker's own, and comes back whole", async () => {
    servers.answer = ({ headers, method, url }, response, body) => {
      response.writeHead(418, { "x-a": ["1", "2"] })
      response.end(JSON.stringify({ method, url, headers, body }))
    }
    const found = await servers.ask(
      servers.payload({
        method: "PUT",
        url: `${servers.origin}/a/../b?q=1#fragment`,
        headers: { "X-Mine": "yes" }
      }),
      { bytes: new TextEncoder().encode("body") }
    )
    const { headers, ...seen } = JSON.parse(textOf(found))
    assert.deepEqual(seen, { method: "PUT", url: "/b?q=1", body: "body" })
    assert.deepInclude(headers, {
      "x-mine": "yes",
      "user-agent": "millrace",
      "accept-encoding": "identity",
      "content-length": "4"
    })
    assert.deepInclude(Object("result" in found ? found.result : undefined), {
      status: 418,
      url: `${servers.origin}/b?q=1`
    })
    assert.strictEqual(JSON.parse(JSON.stringify(found)).result.headers["x-a"], "1, 2")
  })

  it("refuses what would frame a message anew, or is no header, method or option", async () => {
    const bad = [
      ...[
        "Host",
        "connection",
        "CONTENT-LENGTH",
        "transfer-encoding",
        "te",
        "upgrade",
        "expect",
        "proxy-authorization"
      ].map((name) => ({ headers: { [name]: "x" } })),
      { headers: { "a b": "x" } },
      { headers: { "": "x" } },
      { headers: { a: "x\r\nhost: y" } },
      { headers: { a: "\u0100" } },
      { headers: { a: "x".repeat(10_000) } },
      { headers: Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`x-${at}`, ""])) },
      { method: "CONNECT" },
      { method: "TRACE" },
      { method: "GET / HTTP/1.1\r\n\r\nGET" },
      { timeoutMs: 60_001 },
      { timeoutMs: 0 },
      { maxBytes: 5_000_000 },
      { maxBytes: -1 },
      { retry: { attempts: 11, delayMs: 0, statuses: [] } },
      { retry: { attempts: 1e9, delayMs: -1, statuses: [] } },
      { auth: { secret: "TOKEN", header: "host", prefix: "", basicUser: null } },
      { auth: { secret: "TOKEN", header: "x", prefix: "\r\n", basicUser: null } },
      { url: 5 },
      { url: `${servers.origin}/${"x".repeat(10_000)}` }
    ]
    for (const more of bad)
      assert.strictEqual(await servers.codeOf(servers.payload(more)), "REQUEST_INVALID", JSON.stringify(more))
    for (const given of [null, undefined, 5, "x", [], {}])
      assert.strictEqual(await servers.codeOf(given), "REQUEST_INVALID")
    assert.strictEqual(
      await servers.codeOf(servers.payload(), { bytes: new Uint8Array(4 * 1024 * 1024 + 1) }),
      "TOO_LARGE"
    )
  })

  it("takes no more of a reply than was asked for, however long it goes on", async () => {
    let sent = 0
    servers.answer = (request, response) => {
      const more = () => {
        while (!response.destroyed) {
          sent += 65_536
          if (!response.write(Buffer.alloc(65_536))) return response.once("drain", more)
        }
        return undefined
      }
      request.socket.on("error", () => undefined)
      more()
    }
    assert.strictEqual(await servers.codeOf(servers.payload()), "TOO_LARGE")
    assert.isBelow(sent, 50_000_000)
  })

  it("unpacks nothing: a packed body stays as small as it came", async () => {
    const packed = gzipSync(Buffer.alloc(10_000_000))
    servers.answer = (_request, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(packed)
    const found = await servers.ask(servers.payload())
    assert.strictEqual("bytes" in found ? found.bytes?.length : 0, packed.length)
  })

  it("ends at its deadline, before the headers, in them and in the body", async () => {
    const slowly: readonly string[] = [
      "",
      "HTTP/1.1 200 OK\r\nx-a: b\r\n",
      "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nx"
    ]
    for (const start of slowly) {
      servers.speak = (socket) => {
        socket.write(start)
        const drip = setInterval(() => socket.write(start === "" ? "" : "x"), 20)
        socket.on("close", () => clearInterval(drip))
      }
      assert.strictEqual(
        await servers.codeOf(servers.payload({ url: servers.rudeOrigin, timeoutMs: 200 })),
        "TIMEOUT",
        start
      )
    }
  })

  it("tells what is no HTTP, what was broken off and what is not there apart", async () => {
    const spoken: readonly (readonly [string, string])[] = [
      ["SSH-2.0-OpenSSH\r\n", "RESPONSE_INVALID"],
      ["HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", "RESPONSE_INVALID"],
      [`HTTP/1.1 200 OK\r\nx: ${"y".repeat(70_000)}\r\n\r\n`, "RESPONSE_INVALID"],
      ["", "CONNECTION_FAILED"],
      ["HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", "CONNECTION_FAILED"]
    ]
    for (const [text, code] of spoken) {
      servers.speak = (socket) => socket.end(text)
      assert.strictEqual(
        await servers.codeOf(servers.payload({ url: servers.rudeOrigin })),
        code,
        text.slice(0, 60)
      )
    }
    servers.speak = (socket) => socket.end("no TLS")
    assert.include(
      ["TLS_FAILED", "CONNECTION_FAILED"],
      await servers.codeOf(servers.payload({ url: servers.rudeOrigin.replace("http:", "https:") }))
    )
  })

  it("is tried again by its policy, no sooner than the other side asks", async () => {
    let tries = 0
    servers.answer = (_request, response) => {
      tries += 1
      if (tries < 3) return response.writeHead(503, { "retry-after": tries === 1 ? "1" : "0" }).end()
      return response.end(`at the ${tries}rd`)
    }
    const retry = { attempts: 5, delayMs: 1, statuses: [503] }
    const begun = performance.now()
    assert.strictEqual(textOf(await servers.ask(servers.payload({ retry }))), "at the 3rd")
    assert.isAtLeast(performance.now() - begun, 990)
    tries = 0
    servers.answer = (_request, response) => {
      tries += 1
      response.writeHead(503).end("still")
    }
    assert.strictEqual(textOf(await servers.ask(servers.payload({ retry }))), "still")
    assert.strictEqual(tries, 5)
    tries = 0
    servers.speak = (socket) => {
      tries += 1
      socket.destroy()
    }
    assert.strictEqual(
      await servers.codeOf(servers.payload({ url: servers.rudeOrigin, retry })),
      "CONNECTION_FAILED"
    )
    assert.strictEqual(tries, 5)
  })

  it("is one of at most sixteen of its node that are under way at one time", async () => {
    const request = servers.serve()
    let open = 0
    let most = 0
    let arrived: () => void = () => undefined
    const full = new Promise<void>((done) => (arrived = done))
    const waiting: ServerResponse[] = []
    servers.answer = (_request, response) => {
      open += 1
      most = Math.max(most, open)
      waiting.push(response)
      if (open === 16) arrived()
      if (most === 16 && waiting.length > 16) finish()
    }
    const finish = () => {
      for (const response of waiting.splice(0)) {
        open -= 1
        response.end()
      }
    }
    const one = request({
      node: "n",
      handle: "api",
      operation: "request",
      payload: servers.payload(),
      bytes: undefined
    })
    const all = Effect.runPromise(
      Effect.all(
        Array.from({ length: 40 }, () => one),
        { concurrency: "unbounded" }
      )
    )
    await full
    assert.strictEqual(most, 16)
    servers.answer = (_request, response) => response.end()
    finish()
    assert.strictEqual((await all).length, 40)
  })
})
