import { createServer, type ServerResponse } from "node:http"
import {
  controlEndpoints,
  apiError,
  defineEndpoint,
  json,
  lines,
  ok,
  registryEndpoints,
  text
} from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "vitest"
import { makeApi } from "../http/api.ts"
import { mountEndpoints } from "../http/mount-boundary.ts"
import { packageArchive } from "../testing/archive-fixture.ts"
import { failureOf, listen, makeTestRegistry, run } from "../testing/test-registry.ts"
import { makeClient } from "./make-client-boundary.ts"

const movies = { scope: "@acme", name: "movies", version: "1.0.0" }

const endpoints = [
  defineEndpoint({
    id: "count",
    method: "GET",
    path: "/api/count/:from",
    tag: "test",
    summary: "Counts",
    access: "open",
    params: Schema.Struct({ from: Schema.FiniteFromString }),
    success: ok(lines(Schema.Struct({ n: Schema.Int }))),
    errors: []
  }),
  defineEndpoint({
    id: "plain",
    method: "GET",
    path: "/api/plain",
    tag: "test",
    summary: "Says",
    access: "open",
    success: ok(text("text/plain")),
    errors: []
  }),
  defineEndpoint({
    id: "wrong",
    method: "GET",
    path: "/api/wrong",
    tag: "test",
    summary: "Fails",
    access: "open",
    query: Schema.Struct({ how: Schema.String }),
    success: ok(json(Schema.Struct({ n: Schema.Int }))),
    errors: []
  })
] as const

/** A client of an app with the endpoints above, in-process. */
const makeCounter = () => {
  const reports: string[] = []
  const api = makeApi({ version: "1.0.0", report: (message) => reports.push(message) })
  mountEndpoints(
    api,
    endpoints,
    {
      count: ({ params }) =>
        params.from < 0
          ? Effect.fail(apiError("REQUEST_INVALID", { problem: "it is negative" }, "params.from"))
          : Effect.succeed(
              Stream.range(params.from, params.from + 2).pipe(
                Stream.map((n) => ({ n })),
                Stream.concat(params.from === 7 ? Stream.fail(apiError("STORE_FULL", {})) : Stream.empty)
              )
            ),
      plain: () => Effect.succeed("hello"),
      wrong: ({ query }) =>
        query.how === "die" ? Effect.die(new Error("secret path /x")) : Effect.succeed({ n: 0.5 })
    },
    {
      runtime: { runPromiseExit: Effect.runPromiseExit },
      auth: () => Effect.succeed({ name: "anonymous", tokenId: undefined, scopes: [], expiresAt: null })
    }
  )
  const inProcess: typeof fetch = async (input, init) =>
    api.app.request(input instanceof Request ? input : input.toString(), init)
  return makeClient(endpoints, { url: "http://localhost", fetch: inProcess })
}

/** A server that answers whatever it is told to. */
const answering = async (answer: (reply: ServerResponse) => void) => {
  const server = createServer((_, reply) => answer(reply))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`
  return {
    client: makeClient(registryEndpoints, { url, token: "mlr_secret" }),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

describe("a client", () => {
  it("has a method for every endpoint, of the control plane too", () => {
    const client = makeClient(controlEndpoints, { url: "http://localhost" })
    assert.sameMembers(
      Object.keys(client),
      controlEndpoints.map(({ id }) => id)
    )
  })

  it("reads a stream of lines as it comes, and fails with the error that ends one", async () => {
    const client = makeCounter()
    const numbers = Effect.flatMap(client.count({ params: { from: 1 } }), Stream.runCollect)
    assert.deepEqual(await run(numbers), [{ n: 1 }, { n: 2 }, { n: 3 }])
    const failing = Effect.flatMap(client.count({ params: { from: 7 } }), Stream.runCollect)
    assert.deepInclude(await failureOf(failing), { code: "STORE_FULL", status: 507 })
    assert.deepInclude(await failureOf(client.count({ params: { from: -1 } })), {
      status: 400,
      path: "params.from"
    })
  })

  it("reads text, and gets no inside of a fault", async () => {
    const client = makeCounter()
    assert.equal(await run(client.plain()), "hello")
    for (const how of ["die", "unfit"]) {
      const error = await failureOf(client.wrong({ query: { how } }))
      assert.deepInclude(error, { code: "INTERNAL", status: 500 })
      assert.notInclude(JSON.stringify(error), "secret")
    }
  })

  it("verifies an archive against its digest", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    await run(server.client.publishVersion({ params: movies, body: packageArchive() }))
    const changing: typeof fetch = async (input, init) => {
      const reply = await fetch(input, init)
      const bytes = new Uint8Array(await reply.arrayBuffer())
      bytes[100] = (bytes[100] ?? 0) ^ 1
      return new Response(bytes, reply)
    }
    const client = makeClient(registryEndpoints, { url: server.url, token: registry.token, fetch: changing })
    assert.deepInclude(await failureOf(client.getArchive({ params: movies })), { reason: "integrity" })
  })

  it("says what came instead of an answer of the API", async () => {
    const cases: readonly (readonly [(reply: ServerResponse) => void, string])[] = [
      [(reply) => reply.end("<html>"), "not-millrace"],
      [(reply) => reply.writeHead(500).end("<html>"), "not-millrace"],
      [(reply) => reply.writeHead(204).end(), "not-millrace"],
      [(reply) => reply.end(`{"packages":[{}],"next":null}`), "not-millrace"],
      [(reply) => reply.writeHead(302, { location: "http://evil.example/" }).end(), "unreachable"],
      [(reply) => reply.destroy(), "unreachable"],
      [
        (reply) => {
          reply.writeHead(200, { "content-length": "1000" })
          reply.write("{", () => reply.destroy())
        },
        "interrupted"
      ]
    ]
    for (const [answer, reason] of cases) {
      await using server = await answering(answer)
      const error = await failureOf(server.client.listPackages())
      assert.equal(error._tag === "ClientError" ? error.reason : error.code, reason)
      assert.notInclude(JSON.stringify(error), "mlr_secret")
    }
  })

  it("passes over what a later release adds", async () => {
    await using server = await answering((reply) => reply.end(`{"packages":[],"next":null,"total":0}`))
    assert.deepEqual(await run(server.client.listPackages()), { packages: [], next: null })
  })

  it("says that nobody answers", async () => {
    const client = makeClient(registryEndpoints, { url: "http://127.0.0.1:1" })
    assert.deepInclude(await failureOf(client.listPackages()), { _tag: "ClientError", reason: "unreachable" })
    const nowhere = makeClient(registryEndpoints, { url: "nowhere" })
    assert.deepInclude(await failureOf(nowhere.listPackages()), { reason: "unreachable" })
  })
})
