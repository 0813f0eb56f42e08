import { assert, describe, it } from "vitest"
import { Pipelines } from "../pipeline/pipelines.ts"
import { packageArchive, type PackageFixture } from "../testing/archive-fixture.ts"
import { listen, makeTestRegistry, run, type TestRegistry } from "../testing/test-registry.ts"

const name = "@acme/movies"
const year = { name: "year", type: "int" }
const clock = { kind: "clock" }

/** A pipeline with one node that uses the package, as apply stores it. */
const applied = (registry: TestRegistry, pipeline: string, range: string, version: string) =>
  registry.runtime.runPromise(
    Pipelines.use((pipelines) =>
      pipelines.save({
        pipeline,
        owner: "studio",
        text: `pipeline: ${pipeline}`,
        canonical: JSON.stringify({
          pipeline,
          nodes: { films: { kind: "processor", plugin: { package: name, range }, with: {} } }
        }),
        planHash: "hash",
        planJson: JSON.stringify({
          lock: { lock: 1, packages: { [`${name}@${range}`]: { version, integrity: "x" } } }
        }),
        expectedRevision: 0,
        actor: "ann"
      })
    )
  )

describe("what a version would mean for the pipelines that use its package", () => {
  it("is told against the version that each runs: it stays, keeps, asks or breaks", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const check = async (version: string, fixture: PackageFixture = {}) => {
      const body = packageArchive({ ...fixture, version })
      const params = { scope: "@acme", name: "movies", version }
      const { pipelines } = await run(server.client.checkVersion({ params, body }))
      return pipelines.flatMap(({ nodes, pipeline }) =>
        nodes.map(({ effect, from, why }) => [pipeline, from, effect, ...why].join(" "))
      )
    }
    const publish = (version: string, fixture: PackageFixture = {}) =>
      run(
        server.client.publishVersion({
          params: { scope: "@acme", name: "movies", version },
          body: packageArchive({ ...fixture, version })
        })
      )
    await publish("1.0.0")
    await publish("2.0.0", { permissions: [clock] })
    await applied(registry, "caret", "^1", "1.0.0")
    await applied(registry, "newest", "*", "2.0.0")
    await applied(registry, "open", ">=1", "1.0.0")
    assert.deepEqual(await check("1.1.0", { fields: [year] }), [
      "caret 1.0.0 keeps",
      "newest 2.0.0 stays",
      "open 1.0.0 stays"
    ])
    const asks = "asks to read the real clock"
    assert.deepEqual(await check("2.0.1", { permissions: [clock] }), [
      "caret 1.0.0 stays",
      "newest 2.0.0 keeps",
      `open 1.0.0 asks ${asks}`
    ])
    const [, newest = "", open = ""] = await check("3.0.0", { inputs: [year], permissions: [clock] })
    assert.match(newest, /^newest 2\.0\.0 breaks year/)
    assert.match(open, /^open 1\.0\.0 breaks year/)
    // A grant is for exactly what was asked: asking for less is asking anew.
    const net = { kind: "net", host: "films.example" }
    await publish("4.0.0", { permissions: [net] })
    await applied(registry, "narrowed", "^4", "4.0.0")
    const narrower = await check("4.0.1", { permissions: [{ ...net, methods: ["GET"] }] })
    assert.include(narrower, "narrowed 4.0.0 asks asks to connect to films.example by GET")
    await registry.runtime.runPromise(
      Pipelines.use((pipelines) => pipelines.setDesired("newest", "deleted", "ann"))
    )
    assert.lengthOf(await check("3.0.0"), 3)
    // Nothing of all this was kept.
    assert.deepEqual(
      (await run(server.client.getPackage({ params: { scope: "@acme", name: "movies" } }))).versions.map(
        ({ version }) => version
      ),
      ["4.0.0", "2.0.0", "1.0.0"]
    )
  })
})
