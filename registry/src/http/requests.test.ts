import { assert, describe, it } from "vitest"
import { makeTestRegistry, refusalOf, type TestRegistry } from "../testing/test-registry.ts"

const post = (registry: TestRegistry, body: string, headers: { readonly [name: string]: string } = {}) =>
  registry.request("/api/tokens", {
    method: "POST",
    body,
    headers: { "content-type": "application/json", authorization: `Bearer ${registry.token}`, ...headers }
  })

describe("a request", () => {
  it("is refused with the place of what does not fit", async () => {
    await using registry = await makeTestRegistry()
    const bodies: readonly (readonly [string, string])[] = [
      [`{"name":"ci","scopes":["publish","all"]}`, "body.scopes[1]"],
      [`{"name":"ci","scopes":[]}`, "body.scopes"],
      [`{"name":"ci","scopes":["read"],"admin":true}`, "body.admin"],
      [`{"scopes":["read"]}`, "body.name"],
      [`[]`, "body"],
      [`{"name":"ci\\n","scopes":["read"]}`, "body.name"],
      [`{"__proto__":{"x":1},"name":"ci","scopes":["read"]}`, "body"],
      [`{"\\u005f_proto__":{"x":1},"name":"ci","scopes":["read"]}`, "body"],
      [`{`, "body"],
      [``, "body"],
      [`${"[".repeat(300)}${"]".repeat(300)}`, "body"],
      ["[".repeat(500_000), "body"]
    ]
    for (const [body, path] of bodies) {
      const refusal = await refusalOf(await post(registry, body))
      assert.deepInclude(refusal, { status: 400, code: "REQUEST_INVALID", path }, body.slice(0, 80))
    }
  })

  it("is refused when its body is not JSON by its type, as a form of another page would be", async () => {
    await using registry = await makeTestRegistry()
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]) {
      const reply = await post(registry, `{"name":"ci","scopes":["read"]}`, { "content-type": type })
      assert.equal((await refusalOf(reply)).code, "CONTENT_TYPE_UNSUPPORTED", type)
    }
  })

  it("is refused when its body is too large, announced or not", async () => {
    await using registry = await makeTestRegistry()
    const large = JSON.stringify({ name: "x".repeat(1_100_000), scopes: ["read"] })
    assert.equal((await refusalOf(await post(registry, large))).code, "REQUEST_TOO_LARGE")
    const announced = await post(registry, "{}", { "content-length": "99999999" })
    assert.equal((await refusalOf(announced)).code, "REQUEST_TOO_LARGE")
  })

  it("is refused when a body is not UTF-8", async () => {
    await using registry = await makeTestRegistry()
    const reply = await registry.request("/api/tokens", {
      method: "POST",
      body: Uint8Array.of(0x7b, 0xff, 0x7d),
      headers: { "content-type": "application/json", authorization: `Bearer ${registry.token}` }
    })
    assert.deepInclude(await refusalOf(reply), { code: "REQUEST_INVALID", path: "body" })
  })

  it("is refused with the place of a parameter that does not fit", async () => {
    await using registry = await makeTestRegistry()
    const authorization = `Bearer ${registry.token}`
    const paths: readonly (readonly [string, string])[] = [
      ["/api/packages?limit=0", "query.limit"],
      ["/api/packages?limit=abc", "query.limit"],
      ["/api/packages?limit=1&limit=2", "query.limit"],
      ["/api/packages?nothing=1", "query.nothing"],
      ["/api/packages/acme/movies", "params.scope"],
      ["/api/packages/@acme/k%D0%B0fka", "params.name"],
      ["/api/packages/@acme/a%2F..%2Fb", "params.name"],
      ["/api/packages/@acme/movies/versions/1.0", "params.version"],
      ["/api/subjects/a/versions/0", "params.version"],
      ["/api/schemas/1e9999", "params.id"],
      ["/api/schemas/0x10x", "params.id"]
    ]
    for (const [path, place] of paths) {
      const refusal = await refusalOf(await registry.request(path, { headers: { authorization } }))
      assert.deepInclude(refusal, { status: 400, code: "REQUEST_INVALID", path: place }, path)
    }
  })
})
