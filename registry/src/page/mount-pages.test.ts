import { assert, describe, it } from "vitest"
import { authenticate } from "../auth/authenticate.ts"
import { packageArchive, type PackageFixture } from "../testing/archive-fixture.ts"
import { makeTestRegistry, refusalOf, type TestRegistry } from "../testing/test-registry.ts"
import { mountPages } from "./mount-pages.ts"

const attack = `<script>alert("x")</script>`

const withPages = async () => {
  const registry = await makeTestRegistry()
  mountPages(registry.api, { runtime: registry.runtime, auth: authenticate })
  return registry
}

const publish = (registry: TestRegistry, fixture: PackageFixture = {}) =>
  registry.request(`/api/packages/@acme/movies/versions/${fixture.version ?? "1.0.0"}`, {
    method: "PUT",
    body: Buffer.from(packageArchive(fixture)),
    headers: { authorization: `Bearer ${registry.token}`, "content-type": "application/gzip" }
  })

const get = (registry: TestRegistry, path: string) =>
  registry.request(path, { headers: { authorization: `Bearer ${registry.token}` } })

describe("a package's page", () => {
  it("shows versions, contracts, permissions in plain words and the README, and runs nothing", async () => {
    await using registry = await withPages()
    await publish(registry, {
      permissions: [{ kind: "net", host: "films.example" }],
      fields: [{ name: "year", type: "int" }],
      readme: `# Films\n\n${attack}\n\n<svg onload=alert(1)></svg>\n\n[go](javascript:alert(1))`
    })
    const reply = await get(registry, "/packages/@acme/movies")
    const page = await reply.text()
    assert.equal(reply.status, 200)
    assert.match(reply.headers.get("content-security-policy") ?? "", /^default-src 'none'; style-src 'self';/)
    for (const text of ["@acme/movies", "1.0.0", "connect to films.example", "year: int", "<h2>Films</h2>"])
      assert.include(page, text)
    assert.notMatch(page, /<script|<svg|javascript:|onload|<img|<form/i)
    assert.include(await (await get(registry, "/packages")).text(), `href="/packages/@acme/movies"`)
  })

  it("escapes what a publisher wrote: descriptions, reasons, names in contracts", async () => {
    await using registry = await withPages()
    await publish(registry, { fields: [{ name: "year", type: "int", doc: attack }] })
    await registry.request("/api/packages/@acme/movies/versions/1.0.0", {
      method: "PATCH",
      body: JSON.stringify({ deprecated: attack, yanked: `"><img src=x onerror=alert(1)>` }),
      headers: { authorization: `Bearer ${registry.token}`, "content-type": "application/json" }
    })
    const page = await (await get(registry, "/packages/@acme/movies")).text()
    assert.notMatch(page, /<script|<img/)
    assert.include(page, "Deprecated: &lt;script&gt;")
  })

  it("shows another version when it is asked for, and says what is not there", async () => {
    await using registry = await withPages()
    await publish(registry, { readme: "first" })
    await publish(registry, { version: "1.0.1", readme: "second" })
    const page = async (path: string) => (await get(registry, path)).text()
    assert.include(await page("/packages/@acme/movies"), "<p>second</p>")
    assert.include(await page("/packages/@acme/movies?version=1.0.0"), "<p>first</p>")
    for (const [path, code] of [
      ["/packages/@acme/series", "PACKAGE_UNKNOWN"],
      ["/packages/@acme/movies?version=9.0.0", "VERSION_UNKNOWN"],
      ["/packages/acme/<script>", "PACKAGE_UNKNOWN"]
    ] as const)
      assert.deepInclude(await refusalOf(await get(registry, path)), { status: 404, code })
  })

  it("is for whoever may read, and no one else", async () => {
    await using registry = await withPages()
    assert.equal((await registry.request("/packages")).status, 401)
    assert.equal((await registry.request("/packages/@acme/movies")).status, 401)
  })
})

describe("a README over the API", () => {
  it("comes as harmless HTML, under a policy that allows nothing", async () => {
    await using registry = await withPages()
    await publish(registry, { readme: `*Films* ${attack}` })
    const reply = await get(registry, "/api/packages/@acme/movies/versions/1.0.0/readme")
    assert.equal(await reply.text(), "<p><em>Films</em> </p>\n")
    assert.equal(reply.headers.get("content-type"), "text/html; charset=utf-8")
    assert.equal(reply.headers.get("content-security-policy"), "default-src 'none'; frame-ancestors 'none'")
    assert.equal(reply.headers.get("x-content-type-options"), "nosniff")
  })
})
