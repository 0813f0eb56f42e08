import { VersionDescription } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { assert, describe, it } from "vitest"
import { packageArchive, type PackageFixture } from "../testing/archive-fixture.ts"
import { makeTestRegistry, refusalOf, type TestRegistry } from "../testing/test-registry.ts"

const publish = async (registry: TestRegistry, version: string, fixture: PackageFixture = {}) => {
  const reply = await registry.request(`/api/packages/@acme/movies/versions/${version}`, {
    method: "PUT",
    body: Buffer.from(packageArchive({ ...fixture, version })),
    headers: { authorization: `Bearer ${registry.token}`, "content-type": "application/gzip" }
  })
  assert.equal(reply.status, 201, version)
}

const ask = (registry: TestRegistry, version: string, query = "") =>
  registry.request(`/api/packages/@acme/movies/versions/${version}/description${query}`, {
    headers: { authorization: `Bearer ${registry.token}` }
  })

const describedBy = async (reply: Response): Promise<VersionDescription> =>
  Schema.decodeUnknownSync(VersionDescription)(await reply.json())

describe("a version in words", () => {
  it("tells contracts and permissions, and what it changed against the highest version below", async () => {
    await using registry = await makeTestRegistry()
    const year = { name: "year", type: "int" }
    await publish(registry, "1.0.0")
    await publish(registry, "1.1.0", { fields: [year] })
    await publish(registry, "2.0.0", {
      fields: [year],
      permissions: [{ kind: "net", host: "films.example" }]
    })
    const { against, changes, plugins, required } = await describedBy(await ask(registry, "2.0.0"))
    assert.equal(against, "1.1.0")
    assert.equal(required, "major")
    assert.deepStrictEqual(plugins[0]?.permissions, ["connect to films.example"])
    assert.include(
      plugins[0]?.contracts.flatMap(({ fields }) => fields),
      "year: int"
    )
    assert.deepStrictEqual(
      changes.map(({ area, widens }) => [area, widens]),
      [["permission", true]]
    )
    const older = await describedBy(await ask(registry, "2.0.0", "?against=1.0.0"))
    assert.sameMembers([...new Set(older.changes.map(({ area }) => area))], ["output", "permission"])
  })

  it("has nothing to compare the first one with, and refuses one that is not there", async () => {
    await using registry = await makeTestRegistry()
    await publish(registry, "1.0.0")
    const first = await describedBy(await ask(registry, "1.0.0"))
    assert.isNull(first.against)
    assert.deepStrictEqual(first.changes, [])
    assert.equal((await refusalOf(await ask(registry, "1.0.0", "?against=9.0.0"))).code, "VERSION_UNKNOWN")
  })
})
