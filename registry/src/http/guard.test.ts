import { assert, describe, it } from "vitest"
import { makeTestRegistry, refusalOf } from "../testing/test-registry.ts"

const codeOf = async (reply: Response): Promise<string> => (await refusalOf(reply)).code

describe("the guards", () => {
  it.each(["localhost", "localhost:4000", "127.0.0.1:4000", "[::1]:4000", "LOCALHOST:80"])(
    "answer to the host %s",
    async (host) => {
      await using registry = await makeTestRegistry()
      assert.equal((await registry.request("/api/health", { headers: { host } })).status, 200)
    }
  )

  it.each([
    "evil.example",
    "localhost.evil.example",
    "localhost.",
    "localhost@evil.example",
    "127.0.0.1.nip.io",
    "0.0.0.0:4000",
    "127.0.0.2",
    "[::ffff:127.0.0.1]",
    "localhost:4000:1",
    "a b",
    ""
  ])("refuse the host %s, so that no page can point its own name at this machine", async (host) => {
    await using registry = await makeTestRegistry()
    const reply = await registry.request("/api/health", { headers: { host } })
    assert.equal(reply.status, 403)
    assert.equal(await codeOf(reply), "HOST_REFUSED")
  })

  it("answer to a host that was configured", async () => {
    await using registry = await makeTestRegistry(["Millrace.internal"])
    const reply = await registry.request("/api/health", { headers: { host: "millrace.internal:4000" } })
    assert.equal(reply.status, 200)
  })

  it.each([
    "https://evil.example",
    "null",
    "http://localhost:4001",
    "http://localhost",
    "http://localhost:4000.evil.example"
  ])("refuse the origin %s for reads and writes alike", async (origin) => {
    await using registry = await makeTestRegistry()
    for (const method of ["GET", "POST"]) {
      const reply = await registry.request("/api/health", {
        method,
        headers: { host: "localhost:4000", origin }
      })
      assert.equal(await codeOf(reply), "ORIGIN_REFUSED")
    }
  })

  it("let the server's own pages through", async () => {
    await using registry = await makeTestRegistry()
    const headers = {
      host: "localhost:4000",
      origin: "http://localhost:4000",
      "sec-fetch-site": "same-origin"
    }
    assert.equal((await registry.request("/api/health", { headers })).status, 200)
  })

  it("refuse a write that a browser says comes from another site, even without an origin", async () => {
    await using registry = await makeTestRegistry()
    const headers = { "sec-fetch-site": "cross-site", authorization: `Bearer ${registry.token}` }
    const reply = await registry.request("/api/tokens", { method: "POST", headers })
    assert.equal(await codeOf(reply), "ORIGIN_REFUSED")
  })

  it("put the security headers on every reply, refusals and unknown routes too", async () => {
    await using registry = await makeTestRegistry()
    const replies = [
      await registry.request("/api/health"),
      await registry.request("/nowhere"),
      await registry.request("/api/health", { headers: { host: "evil.example" } })
    ]
    for (const { headers } of replies) {
      assert.equal(headers.get("x-content-type-options"), "nosniff")
      assert.include(headers.get("content-security-policy") ?? "", "frame-ancestors 'none'")
      assert.equal(headers.get("cache-control"), "no-store")
      assert.isNull(headers.get("access-control-allow-origin"))
    }
  })

  it("name what is not there", async () => {
    await using registry = await makeTestRegistry()
    const reply = await registry.request("/api/nothing")
    assert.equal(reply.status, 404)
    assert.equal(await codeOf(reply), "ROUTE_UNKNOWN")
  })
})
