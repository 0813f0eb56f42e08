import { assert, describe, it } from "vitest"
import { packageArchive } from "../testing/archive-fixture.ts"
import { listen, makeTestRegistry, run } from "../testing/test-registry.ts"

const filled = async () => {
  const registry = await makeTestRegistry()
  const server = await listen(registry)
  const { client } = server
  const publish = async (name: string, version: string, fields: readonly unknown[] = []) => {
    const [scope = "", bare = ""] = name.split("/")
    const body = packageArchive({ name, version, fields })
    await run(client.publishVersion({ params: { scope, name: bare, version }, body }))
  }
  await publish("@acme/movies", "1.0.0", [{ name: "rating", type: ["null", "double"], default: null }])
  await publish("@acme/theatre", "1.0.0")
  await publish("@acme/movie-theatres", "1.0.0")
  const schema = {
    type: "record",
    name: "Seat",
    doc: "One seat of a theatre.",
    fields: [{ name: "row", type: "int", doc: "Counted from the screen, 100% exact." }]
  }
  await run(client.registerSchema({ params: { subject: "acme.seats" }, body: { schema } }))
  return {
    client,
    publish,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      await registry[Symbol.asyncDispose]()
    }
  }
}

describe("a search", () => {
  it("finds by name first, then by what else says the word", async () => {
    await using registry = await filled()
    const { hits, total } = await run(registry.client.search({ query: { text: "theatre" } }))
    assert.deepStrictEqual(
      hits.map(({ name }) => name),
      ["@acme/theatre", "@acme/movie-theatres", "acme.seats"]
    )
    assert.strictEqual(total, 3)
  })

  it("finds packages and contracts by their fields, and says where", async () => {
    await using registry = await filled()
    const rating = await run(registry.client.search({ query: { text: "RATING" } }))
    assert.deepStrictEqual(
      rating.hits.map(({ matches, name }) => [name, matches]),
      [["@acme/movies", [{ in: "field", text: "rating" }]]]
    )
    const row = await run(registry.client.search({ query: { text: "row screen" } }))
    assert.deepStrictEqual(
      row.hits.map(({ kind, name }) => [kind, name]),
      [["contract", "acme.seats"]]
    )
  })

  it("wants every word, takes wildcards literally, and finds nothing for what is not there", async () => {
    await using registry = await filled()
    const counts = await Promise.all(
      ["movies nowhere", "%", "_", "100%", "zebra"].map(
        async (text) => (await run(registry.client.search({ query: { text } }))).total
      )
    )
    assert.deepStrictEqual(counts, [0, 1, 0, 1, 0])
  })

  it("can be narrowed to a kind and to a number of hits", async () => {
    await using registry = await filled()
    const contracts = await run(registry.client.search({ query: { text: "", kind: "contract" } }))
    assert.isTrue(contracts.hits.every(({ kind }) => kind === "contract"))
    assert.include(
      contracts.hits.map(({ name }) => name),
      "acme.seats"
    )
    const one = await run(registry.client.search({ query: { text: "acme", limit: 1 } }))
    assert.deepStrictEqual([one.hits.length, one.total > 1], [1, true])
  })

  it("sees the highest version, and no package whose versions are all yanked", async () => {
    await using registry = await filled()
    await registry.publish("@acme/movies", "1.1.0", [
      { name: "votes", type: ["null", "long"], default: null },
      { name: "rating", type: ["null", "double"], default: null }
    ])
    const votes = await run(registry.client.search({ query: { text: "votes" } }))
    assert.deepStrictEqual(votes.hits.map(({ name, version }) => [name, version]).slice(0, 1), [
      ["@acme/movies", "1.1.0"]
    ])
    const params = { scope: "@acme", name: "theatre", version: "1.0.0" }
    await run(registry.client.markVersion({ params, body: { yanked: "broken" } }))
    const theatre = await run(registry.client.search({ query: { text: "theatre", kind: "processor" } }))
    assert.notInclude(
      theatre.hits.map(({ name }) => name),
      "@acme/theatre"
    )
  })
})
