import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { createServer as createTcpServer, type Socket } from "node:net"
import { gzipSync } from "node:zlib"
import type { HostReply, HostRequestError } from "@millrace/sandbox"
import type { Permission } from "@millrace/sdk/permission"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { nodePlan } from "../../testing/scripted-plan.ts"
import { hostRequests } from "../host-requests.ts"
import type { HostServices } from "../host-services.ts"
import { Refusals } from "../refusals.ts"
import { httpDriver } from "./http-driver.ts"

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => unknown

let server: Server
let origin = ""
let answer: Answer = (_request, response) => response.end()
const driver = httpDriver()

/** What a server that speaks no HTTP, or speaks it slowly, writes on a connection. */
let speak: (socket: Socket) => unknown = (socket) => socket.destroy()
const callers = new Set<Socket>()
const rude = createTcpServer((socket) => {
  callers.add(socket)
  socket.on("error", () => undefined)
  speak(socket)
})
let rudeOrigin = ""

const portOf = (listening: Server | typeof rude): number => {
  const address = listening.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => answer(request, response, Buffer.concat(chunks).toString()))
  })
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  await new Promise<void>((done) => rude.listen(0, "127.0.0.1", done))
  origin = `http://127.0.0.1:${portOf(server)}`
  rudeOrigin = `http://127.0.0.1:${portOf(rude)}`
})
afterAll(async () => {
  await driver.destroy()
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
  for (const socket of callers) socket.destroy()
  await new Promise((done) => rude.close(done))
})

const secrets: { readonly [name: string]: string } = { TOKEN: "a-secret-token", SIGN: "a-signing-key" }

const serve = (more: Partial<HostServices> = {}) => {
  const grants: readonly Permission[] = [
    { kind: "net", host: "127.0.0.1", port: portOf(server) },
    { kind: "net", host: "127.0.0.1", port: portOf(rude) },
    { kind: "secret", name: "TOKEN", mode: "inject", destination: origin },
    { kind: "secret", name: "UNSET", mode: "inject", destination: origin }
  ]
  const node = {
    ...nodePlan("n", "p", "processor"),
    permissions: [
      ...grants.map((permission) => ({ handle: "api", permission })),
      { handle: "seen", permission: { kind: "secret", name: "TOKEN", mode: "reveal" } },
      { handle: "home", permission: { kind: "env", name: "APP_HOME" } },
      { handle: "own", permission: { kind: "env", name: "MILLRACE_SECRET_KEY" } }
    ]
  } as const
  return hostRequests("pipe", [node], {
    driver,
    slots: Semaphore.makeUnsafe(64),
    secrets: { value: (name) => Effect.succeed(secrets[name]) },
    variable: (name) => ({ APP_HOME: "/srv", APP_HOME_SECRET: "no", MILLRACE_SECRET_KEY: "no" })[name],
    refusals: new Refusals(),
    ...more
  })
}

const payload = (more: object = {}) => ({
  method: "GET",
  url: `${origin}/`,
  headers: {},
  timeoutMs: 5_000,
  maxBytes: 100_000,
  retry: { attempts: 1, delayMs: 0, statuses: [] },
  auth: null,
  sign: null,
  ...more
})

const ask = (
  given: unknown,
  {
    handle = "api",
    operation = "request",
    bytes
  }: { handle?: string; operation?: string; bytes?: Uint8Array } = {}
): Promise<HostReply | HostRequestError> =>
  Effect.runPromise(
    Effect.match(serve()({ node: "n", handle, operation, payload: given, bytes }), {
      onSuccess: (reply) => reply,
      onFailure: (error) => error
    })
  )
const codeOf = async (given: unknown, more: Parameters<typeof ask>[1] = {}): Promise<string> => {
  const found = await ask(given, more)
  return "code" in found ? found.code : "ANSWERED"
}
const textOf = (found: HostReply | HostRequestError): string =>
  "code" in found ? `${found.code}: ${found.message}` : Buffer.from(found.bytes ?? []).toString()

describe("an http request", () => {
  it("goes as it was asked, but for what is the worker's own, and comes back whole", async () => {
    answer = ({ headers, method, url }, response, body) => {
      response.writeHead(418, { "x-a": ["1", "2"] })
      response.end(JSON.stringify({ method, url, headers, body }))
    }
    const found = await ask(
      payload({ method: "PUT", url: `${origin}/a/../b?q=1#fragment`, headers: { "X-Mine": "yes" } }),
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
      url: `${origin}/b?q=1`
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
      { url: `${origin}/${"x".repeat(10_000)}` }
    ]
    for (const more of bad)
      assert.strictEqual(await codeOf(payload(more)), "REQUEST_INVALID", JSON.stringify(more))
    for (const given of [null, undefined, 5, "x", [], {}])
      assert.strictEqual(await codeOf(given), "REQUEST_INVALID")
    assert.strictEqual(await codeOf(payload(), { bytes: new Uint8Array(4 * 1024 * 1024 + 1) }), "TOO_LARGE")
  })

  it("takes no more of a reply than was asked for, however long it goes on", async () => {
    let sent = 0
    answer = (request, response) => {
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
    assert.strictEqual(await codeOf(payload()), "TOO_LARGE")
    assert.isBelow(sent, 50_000_000)
  })

  it("unpacks nothing: a packed body stays as small as it came", async () => {
    const packed = gzipSync(Buffer.alloc(10_000_000))
    answer = (_request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(packed)
    const found = await ask(payload())
    assert.strictEqual("bytes" in found ? found.bytes?.length : 0, packed.length)
  })

  it("ends at its deadline, before the headers, in them and in the body", async () => {
    const slowly: readonly string[] = [
      "",
      "HTTP/1.1 200 OK\r\nx-a: b\r\n",
      "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nx"
    ]
    for (const start of slowly) {
      speak = (socket) => {
        socket.write(start)
        const drip = setInterval(() => socket.write(start === "" ? "" : "x"), 20)
        socket.on("close", () => clearInterval(drip))
      }
      assert.strictEqual(await codeOf(payload({ url: rudeOrigin, timeoutMs: 200 })), "TIMEOUT", start)
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
      speak = (socket) => socket.end(text)
      assert.strictEqual(await codeOf(payload({ url: rudeOrigin })), code, text.slice(0, 60))
    }
    speak = (socket) => socket.end("no TLS")
    assert.include(
      ["TLS_FAILED", "CONNECTION_FAILED"],
      await codeOf(payload({ url: rudeOrigin.replace("http:", "https:") }))
    )
  })

  it("is tried again by its policy, no sooner than the other side asks", async () => {
    let tries = 0
    answer = (_request, response) => {
      tries += 1
      if (tries < 3) return response.writeHead(503, { "retry-after": tries === 1 ? "1" : "0" }).end()
      return response.end(`at the ${tries}rd`)
    }
    const retry = { attempts: 5, delayMs: 1, statuses: [503] }
    const begun = performance.now()
    assert.strictEqual(textOf(await ask(payload({ retry }))), "at the 3rd")
    assert.isAtLeast(performance.now() - begun, 990)
    tries = 0
    answer = (_request, response) => {
      tries += 1
      response.writeHead(503).end("still")
    }
    assert.strictEqual(textOf(await ask(payload({ retry }))), "still")
    assert.strictEqual(tries, 5)
    tries = 0
    speak = (socket) => {
      tries += 1
      socket.destroy()
    }
    assert.strictEqual(await codeOf(payload({ url: rudeOrigin, retry })), "CONNECTION_FAILED")
    assert.strictEqual(tries, 5)
  })

  it("is one of at most sixteen of its node that are under way at one time", async () => {
    const request = serve()
    let open = 0
    let most = 0
    let arrived: () => void = () => undefined
    const full = new Promise<void>((done) => (arrived = done))
    const waiting: ServerResponse[] = []
    answer = (_request, response) => {
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
      payload: payload(),
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
    answer = (_request, response) => response.end()
    finish()
    assert.strictEqual((await all).length, 40)
  })
})

describe("a secret", () => {
  const auth = { secret: "TOKEN", header: "authorization", prefix: "Bearer ", basicUser: null }

  it("stands in the place of what the plugin put there, and not in what comes back", async () => {
    answer = ({ headers }, response) => response.end(String(headers.authorization))
    assert.strictEqual(textOf(await ask(payload({ auth, headers: { Authorization: "mine" } }))), "Bearer ***")
    answer = ({ headers }, response) =>
      response.end(headers.authorization === "Bearer a-secret-token" ? "right" : "wrong")
    assert.strictEqual(textOf(await ask(payload({ auth }))), "right")
  })

  it("is refused where it was not granted, for this or for this use, and named when it is not set", async () => {
    answer = (_request, response) => response.end()
    const codes = await Promise.all([
      codeOf(payload({ auth: { ...auth, secret: "SIGN" } })),
      codeOf(payload({ auth: { ...auth, secret: "__proto__" } })),
      codeOf(
        payload({
          sign: { scheme: "aws-sig-v4", secret: "TOKEN", accessKeyId: "A", region: "r", service: "s" }
        })
      )
    ])
    assert.deepEqual(codes, ["PERMISSION_DENIED", "PERMISSION_DENIED", "PERMISSION_DENIED"])
    assert.match(
      textOf(await ask(payload({ auth: { ...auth, secret: "UNSET" } }))),
      /^SECRET_MISSING: .*UNSET/
    )
  })

  it("is revealed to the handle that was granted to see it, and to no other", async () => {
    const reveal = { operation: "reveal" }
    const seen = await ask({ secret: "TOKEN" }, { ...reveal, handle: "seen" })
    assert.deepEqual("result" in seen ? seen.result : undefined, { value: "a-secret-token" })
    for (const [handle, secret] of [
      ["api", "TOKEN"],
      ["seen", "SIGN"],
      ["home", "TOKEN"],
      ["seen", undefined]
    ] as const)
      assert.strictEqual(await codeOf({ secret }, { ...reveal, handle }), "PERMISSION_DENIED")
  })
})

describe("a variable of the environment", () => {
  it("is read by its exact name alone, and the platform's own never", async () => {
    const env = { operation: "env" }
    const found = await ask({ name: "APP_HOME" }, { ...env, handle: "home" })
    assert.deepEqual("result" in found ? found.result : undefined, { value: "/srv" })
    for (const name of [
      "APP_",
      "APP_HOME_SECRET",
      "app_home",
      "PATH",
      "APP_HOME\0",
      "__proto__",
      5,
      undefined
    ])
      assert.strictEqual(await codeOf({ name }, { ...env, handle: "home" }), "PERMISSION_DENIED")
    assert.strictEqual(
      await codeOf({ name: "MILLRACE_SECRET_KEY" }, { ...env, handle: "own" }),
      "PERMISSION_DENIED"
    )
  })
})
