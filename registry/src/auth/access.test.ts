import { readdir, readFile } from "node:fs/promises"
import {
  alertEndpoints,
  allows,
  allowsReading,
  controlEndpoints,
  dashboardEndpoints,
  type Endpoint,
  registryEndpoints,
  workEndpoints
} from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { assert, describe, it } from "vitest"
import { AuditLog } from "../audit/audit-log.ts"
import { execute, inTransaction } from "../store/database.ts"
import {
  failureOf,
  listen,
  makeTestRegistry,
  refusalOf,
  run,
  type TestRegistry
} from "../testing/test-registry.ts"
import { makeClient } from "../client/make-client-boundary.ts"
import { authenticate } from "./authenticate.ts"
import { Tokens } from "./tokens.ts"

/** An address of an endpoint whose parameters all fit. */
const addressOf = (endpoint: Endpoint): string =>
  endpoint.path
    .replace(":scope", "@acme")
    .replace(":name", "movies")
    .replace(":version", endpoint.tag === "packages" ? "1.0.0" : "1")
    .replace(":subject", "studio.movies")
    .replace(":pipeline", "movies")
    .replace(":secret", "TOKEN")
    .replace(":id", "1")

const issue = (registry: TestRegistry, scopes: readonly string[], expiresInMs?: number) =>
  registry.runtime.runPromise(
    Tokens.use((tokens) =>
      tokens.issue({ name: "t", scopes, ...(expiresInMs === undefined ? {} : { expiresInMs }) }, "system")
    )
  )

const statusOf = async (registry: TestRegistry, endpoint: Endpoint, token: string | undefined) => {
  const headers = new Headers()
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`)
  return (await registry.request(addressOf(endpoint), { method: endpoint.method, headers })).status
}

const resources: ReadonlyMap<string, string> = new Map([
  ["scope", "@acme"],
  ["subject", "studio.movies"],
  ["pipeline", "movies"],
  ["secret", "TOKEN"]
])

describe("access", () => {
  it("is refused to every endpoint without a token when the caller is not known to be local, but to the open ones", async () => {
    await using registry = await makeTestRegistry()
    for (const endpoint of registryEndpoints)
      assert.equal(
        await statusOf(registry, endpoint, undefined),
        endpoint.access === "open" ? 200 : 401,
        endpoint.id
      )
  })

  it("is refused to a token that is malformed or unknown, as to none, and to one that is no longer in force", async () => {
    await using registry = await makeTestRegistry()
    const revoked = await issue(registry, ["read"])
    const paths = () =>
      registry.request("/api/packages", { headers: { authorization: `Bearer ${revoked.token}` } })
    assert.equal((await paths()).status, 200)
    await registry.runtime.runPromise(Tokens.use((tokens) => tokens.revoke(revoked.id, "system")))
    assert.deepInclude(await refusalOf(await paths()), { status: 403, code: "TOKEN_REVOKED" })
    for (const token of [
      "",
      "x",
      `mlr_${"A".repeat(43)}`,
      registry.token.toUpperCase(),
      `${registry.token}A`
    ]) {
      const headers = { authorization: `Bearer ${token}` }
      assert.equal((await registry.request("/api/packages", { headers })).status, 401, token)
    }
  })

  it("ends with the token's time, to the millisecond", async () => {
    await using registry = await makeTestRegistry()
    const { createdAt, token } = await issue(registry, ["read"], 1000)
    const foundAt = (time: number) =>
      registry.runtime.runPromise(
        Effect.andThen(
          TestClock.setTime(time),
          Tokens.use((tokens) => tokens.find(token))
        ).pipe(Effect.provide(TestClock.layer()))
      )
    assert.isDefined(await foundAt(createdAt + 999))
    assert.isUndefined(await foundAt(createdAt + 1000))
  })

  it("follows the scopes of a token, for every endpoint and kind of scope", async () => {
    await using registry = await makeTestRegistry()
    const scopes = [
      "read",
      "admin",
      "work",
      "ingest",
      "publish",
      "publish:@acme",
      "publish:@other",
      "schemas",
      "schemas:studio.movies",
      "schemas:studio",
      "pipelines",
      "pipelines:movies",
      "pipelines:other",
      "grants",
      "grants:movies",
      "grants:other",
      "secrets",
      "secrets:TOKEN",
      "secrets:OTHER"
    ]
    for (const scope of scopes) {
      const { token } = await issue(registry, [scope])
      for (const each of registryEndpoints) {
        const endpoint: Endpoint = each
        const resource = endpoint.resource === undefined ? undefined : resources.get(endpoint.resource)
        const allowed =
          endpoint.access === "open" ||
          (endpoint.access === "read" && allowsReading([scope])) ||
          allows([scope], endpoint.access, resource)
        const status = await statusOf(registry, endpoint, token)
        assert.equal(status === 403, !allowed, `${scope} ${endpoint.id} ${status}`)
        assert.notEqual(status, 401)
      }
    }
  })

  it("is a worker's to what workers ask and tell, and to nothing else, also from this machine", async () => {
    await using registry = await makeTestRegistry()
    const { token } = await issue(registry, ["work"])
    const all: readonly Endpoint[] = [
      ...registryEndpoints,
      ...controlEndpoints,
      ...dashboardEndpoints,
      ...alertEndpoints,
      ...workEndpoints
    ]
    const allowed: string[] = []
    for (const { access, id, resource } of all) {
      const request = {
        access,
        resource: resource === undefined ? undefined : "movies",
        token,
        isLocal: true
      }
      const exit = await registry.runtime.runPromiseExit(authenticate(request))
      if (exit._tag === "Success" && access !== "open") allowed.push(id)
    }
    assert.deepEqual(
      allowed,
      workEndpoints.map(({ id }) => id)
    )
    for (const access of ["read", "ingest"] as const) {
      const request = { access, resource: undefined, token, isLocal: true }
      const exit = await registry.runtime.runPromiseExit(authenticate(request))
      assert.strictEqual(exit._tag, "Failure", access)
    }
  })

  it("shows a narrowed scope to be exactly its resource", () => {
    assert.isTrue(allows(["publish:@acme"], "publish", "@acme"))
    assert.isFalse(allows(["publish:@acme"], "publish", "@acme2"))
    assert.isFalse(allows(["publish:@acme"], "publish", undefined))
    assert.isFalse(allows(["publish"], "grants", undefined))
    assert.isFalse(allows([], "publish", "@acme"))
  })

  it("leaves an entry in the audit log when a known token is refused", async () => {
    await using registry = await makeTestRegistry()
    const { token } = await issue(registry, ["publish:@other"])
    const reply = await registry.request("/api/packages/@acme/movies/versions/1.0.0", {
      method: "PUT",
      headers: { authorization: `Bearer ${token}` }
    })
    assert.equal(reply.status, 403)
    const { entries } = await registry.runtime.runPromise(AuditLog.use((audit) => audit.list({ limit: 1 })))
    assert.deepInclude(entries[0], { action: "access.refused", target: "publish:@acme", actor: "t" })
  })

  it("is refused with an entry in the audit log to a token that has expired, was revoked, or is for another installation", async () => {
    await using registry = await makeTestRegistry()
    await using other = await makeTestRegistry()
    const [late, revoked] = [await issue(registry, ["publish"], 1000), await issue(registry, ["publish"])]
    await registry.runtime.runPromise(
      Effect.andThen(
        Tokens.use((tokens) => tokens.revoke(revoked.id, "system")),
        inTransaction(execute("UPDATE tokens SET expires_at = 1 WHERE id = ?", [late.id]))
      )
    )
    const attempt = async (token: string) =>
      refusalOf(
        await registry.request("/api/packages/@acme/movies/versions/1.0.0", {
          method: "PUT",
          headers: { authorization: `Bearer ${token}` }
        })
      )
    for (const [token, code] of [
      [late.token, "TOKEN_EXPIRED"],
      [revoked.token, "TOKEN_REVOKED"],
      [other.token, "TOKEN_FOREIGN"]
    ] as const)
      assert.deepInclude(await attempt(token), { status: 403, code })
    const { entries } = await registry.runtime.runPromise(AuditLog.use((audit) => audit.list({ limit: 3 })))
    assert.deepEqual(
      entries.map(({ actor, detail, target }) => [actor, detail["reason"], target]),
      [
        ["unknown", "for another installation", "publish:@acme"],
        ["t", "revoked", "publish:@acme"],
        ["t", "expired", "publish:@acme"]
      ]
    )
  })

  it("fills the audit log with no more than a thousand refused attempts of one token a week", async () => {
    await using registry = await makeTestRegistry()
    await using other = await makeTestRegistry()
    const attempt = authenticate({ access: "publish", resource: "@acme", token: other.token, isLocal: true })
    await registry.runtime.runPromise(
      inTransaction(Effect.forEach(Array.from({ length: 1003 }), () => Effect.flip(attempt)))
    )
    const { entries } = await registry.runtime.runPromise(
      AuditLog.use((audit) => audit.list({ limit: 1000 }))
    )
    assert.lengthOf(
      entries.filter(({ action }) => action === "access.refused"),
      1000
    )
  })

  it("lets anyone on this machine read over the loopback address, write nothing, and see no tokens", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const client = makeClient(registryEndpoints, { url: server.url })
    assert.deepEqual((await run(client.listPackages())).packages, [])
    assert.equal((await failureOf(client.listTokens())).message, "The request carries no valid token")
    const desire = client.setDesiredState({ params: { pipeline: "movies" }, body: { desired: "paused" } })
    assert.include(await failureOf(desire), { code: "UNAUTHENTICATED", status: 401 })
  })

  it("takes a request that came through a proxy, or under another name, for a stranger's", async () => {
    await using registry = await makeTestRegistry(["millrace.internal"])
    await using server = await listen(registry)
    const status = async (headers: { readonly [name: string]: string }) =>
      (await fetch(`${server.url}/api/packages`, { headers })).status
    assert.equal(await status({}), 200)
    assert.equal(await status({ "x-forwarded-for": "203.0.113.7" }), 401)
    assert.equal(await status({ forwarded: "for=203.0.113.7" }), 401)
  })
})

describe("Tokens", () => {
  it("keeps no token in the clear, in no file of the store", async () => {
    await using registry = await makeTestRegistry()
    for (const file of await readdir(registry.folder, { recursive: true, withFileTypes: true }))
      if (file.isFile())
        assert.notInclude(
          (await readFile(`${file.parentPath}/${file.name}`)).toString("latin1"),
          registry.token.slice(4)
        )
  })

  it("issues 256 random bits with a prefix that scanners can find", async () => {
    await using registry = await makeTestRegistry()
    const tokens = await Promise.all(Array.from({ length: 20 }, () => issue(registry, ["read"])))
    assert.equal(new Set(tokens.map(({ token }) => token)).size, 20)
    for (const { token } of tokens) assert.match(token, /^mlr_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/)
  })
})
