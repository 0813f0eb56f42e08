import { assert, describe, it } from "vitest"
import { packageArchive, type PackageFixture } from "../testing/archive-fixture.ts"
import { makeTestRegistry, refusalOf, type TestRegistry } from "../testing/test-registry.ts"

const clock = { kind: "clock" }
const year = { name: "year", type: "int" }
const optional = (type: string, value: unknown) => ({ name: "year", type, default: value })

const send = (registry: TestRegistry, version: string, fixture: PackageFixture = {}) =>
  registry.request(`/api/packages/@acme/movies/versions/${version}`, {
    method: "PUT",
    body: Buffer.from(packageArchive({ ...fixture, version })),
    headers: { authorization: `Bearer ${registry.token}`, "content-type": "application/gzip" }
  })

/** Publishes what must be taken. */
const publish = async (registry: TestRegistry, version: string, fixture?: PackageFixture) =>
  assert.equal((await send(registry, version, fixture)).status, 201, version)

/** The smallest version that is advised instead. */
const refused = async (registry: TestRegistry, version: string, fixture?: PackageFixture) => {
  const { code, details } = await refusalOf(await send(registry, version, fixture))
  assert.equal(code, "VERSION_TOO_SMALL", version)
  return details?.["smallest"]
}

describe("a version that is too small for its changes", () => {
  it("is refused from 1.0.0 on by npm's caret: patch, minor, major", async () => {
    await using registry = await makeTestRegistry()
    await publish(registry, "1.0.0")
    assert.equal(await refused(registry, "1.0.1", { fields: [year] }), "1.1.0")
    assert.equal(await refused(registry, "1.0.1", { inputs: [year] }), "2.0.0")
    assert.equal(await refused(registry, "1.1.0", { permissions: [clock] }), "2.0.0")
    await publish(registry, "1.0.1", { salt: "mended" })
    await publish(registry, "1.1.0", { fields: [year] })
    await publish(registry, "2.0.0", { permissions: [clock] })
  })

  it("is refused below 1.0.0 where a caret range would take it: 0.2.1 after 0.2.0, not 0.3.0 nor 0.0.2", async () => {
    await using registry = await makeTestRegistry()
    await publish(registry, "0.0.1")
    await publish(registry, "0.0.2", { inputs: [year] })
    await publish(registry, "0.2.0")
    await publish(registry, "0.2.1", { fields: [year] })
    assert.equal(await refused(registry, "0.2.2", { permissions: [clock] }), "0.3.0")
    await publish(registry, "0.3.0", { permissions: [clock] })
  })

  it("cannot be slipped in behind a prerelease, which promises nothing itself", async () => {
    await using registry = await makeTestRegistry()
    await publish(registry, "1.0.0")
    await publish(registry, "1.0.1-rc.1")
    assert.equal(await refused(registry, "1.0.1", { permissions: [clock] }), "2.0.0")
    await publish(registry, "2.0.0-rc.1", { permissions: [clock] })
    await publish(registry, "2.0.0-rc.2", { inputs: [year] })
    await publish(registry, "2.0.0", { fields: [year], permissions: [clock] })
  })

  it("is refused for what only several small steps together break", async () => {
    await using registry = await makeTestRegistry()
    await publish(registry, "1.0.0", { inputs: [optional("int", 0)] })
    await publish(registry, "1.1.0", {})
    // Readers of 1.1.0 would not mind, but a stream that 1.0.0 read has a year that is a number.
    assert.equal(await refused(registry, "1.2.0", { inputs: [optional("string", "")] }), "2.0.0")
  })

  it("holds a late patch to its own line, and advises only numbers that are free", async () => {
    await using registry = await makeTestRegistry()
    await publish(registry, "1.0.0")
    await publish(registry, "1.1.0", { fields: [year] })
    await publish(registry, "2.0.0", { inputs: [year] })
    await publish(registry, "1.0.1")
    // 1.1.0 is taken, and 1.2.0 would take the year of 1.1.0 away; 2.0.0 is only added to.
    assert.equal(await refused(registry, "1.0.2", { fields: [{ name: "title", type: "string" }] }), "2.1.0")
  })

  it("is no way around a yanked version that a lock may still hold", async () => {
    await using registry = await makeTestRegistry()
    await publish(registry, "1.0.0")
    await registry.request("/api/packages/@acme/movies/versions/1.0.0", {
      method: "PATCH",
      body: JSON.stringify({ yanked: "gone" }),
      headers: { authorization: `Bearer ${registry.token}`, "content-type": "application/json" }
    })
    assert.equal(await refused(registry, "1.0.1", { permissions: [clock] }), "2.0.0")
  })
})
