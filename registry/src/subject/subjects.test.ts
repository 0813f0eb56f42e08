import { assert, describe, it } from "vitest"
import { failureOf, listen, makeTestRegistry, run } from "../testing/test-registry.ts"

const record = (...fields: readonly unknown[]) => ({ type: "record", name: "Movie", fields })
const id = { name: "id", type: "string" }
const rating = { name: "rating", type: ["null", "double"], default: null }
const year = { name: "year", type: "int" }

const params = { subject: "studio.movies" }

describe("a subject", () => {
  it("numbers its versions from one, and schemas over all subjects, by their text", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const { client } = server
    const register = (subject: string, schema: unknown) =>
      run(client.registerSchema({ params: { subject }, body: { schema, key: ["id"] } }))
    const first = await register("studio.movies", record(id))
    const second = await register("studio.movies", record(id, rating))
    const elsewhere = await register("studio.films", record(id, rating))
    const again = await register("studio.movies", JSON.stringify(record(id), undefined, 2))
    assert.deepEqual(
      [first, second, elsewhere, again].map(({ id: schemaId, version }) => [schemaId, version]),
      [
        [1, 1],
        [2, 2],
        [2, 1],
        [1, 1]
      ]
    )
    const stored = await run(client.getSchema({ params: { id: 2 } }))
    assert.equal(stored.schema, second.schema)
    assert.match(stored.sha256, /^[0-9a-f]{64}$/)
    const latest = await run(client.getSubjectVersion({ params: { ...params, version: "latest" } }))
    assert.deepEqual(latest, second)
    const listed = await run(client.listSubjects())
    assert.deepEqual(
      listed.subjects.map(({ latest: newest, subject }) => [subject, newest]),
      [
        ["studio.films", 1],
        ["studio.movies", 2]
      ]
    )
  })

  it("tells schemas apart that differ in a default or a logical type alone", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const register = (subject: string, schema: unknown) =>
      run(server.client.registerSchema({ params: { subject }, body: { schema } }))
    const ids = [
      await register("a", record({ name: "n", type: "int", default: 1 })),
      await register("b", record({ name: "n", type: "int", default: 2 })),
      await register("c", record({ name: "n", type: "int" })),
      await register("d", record({ name: "n", type: { type: "int", logicalType: "date" } }))
    ]
    assert.deepEqual(
      ids.map((version) => version.id),
      [1, 2, 3, 4]
    )
  })

  it("refuses a schema that its mode does not allow, with the place and the reason", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const { client } = server
    await run(client.registerSchema({ params, body: { schema: record(id) } }))
    const body = { schema: record(id, year) }
    const error = await failureOf(client.registerSchema({ params, body }))
    assert.deepInclude(error, { code: "SCHEMA_INCOMPATIBLE", status: 409, path: "schema" })
    assert.include(JSON.stringify(error), "READER_FIELD_MISSING_DEFAULT_VALUE")
    assert.include(JSON.stringify(error), "year")
    const report = await run(client.checkSchema({ params, body }))
    assert.deepInclude(report, { compatible: false, mode: "BACKWARD", version: 1 })
    assert.equal((await run(client.listSubjectVersions({ params }))).versions.length, 1)
    // Nothing of the refused schema stays: ids are dense.
    const next = await run(client.registerSchema({ params, body: { schema: record(id, rating) } }))
    assert.deepInclude(next, { id: 2, version: 2 })
  })

  it.each([
    ["NONE", true, true, true],
    ["BACKWARD", true, false, true],
    ["FORWARD", true, true, false],
    ["FULL", true, false, false]
  ] as const)("follows the mode %s, also when it is transitive", async (mode, optional, adds, drops) => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const { client } = server
    await run(client.registerSchema({ params, body: { schema: record(id) } }))
    await run(client.setCompatibility({ params, body: { compatibility: mode } }))
    const verdict = async (schema: unknown) =>
      (await run(client.checkSchema({ params, body: { schema } }))).compatible
    assert.equal(await verdict(record(id, rating)), optional)
    assert.equal(await verdict(record(id, year)), adds)
    assert.equal(await verdict(record()), drops)
  })

  it("checks all versions when the mode is transitive, the latest alone when it is not", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const { client } = server
    const withDefault = { name: "year", type: "int", default: 0 }
    await run(client.registerSchema({ params, body: { schema: record(id) } }))
    await run(client.registerSchema({ params, body: { schema: record(id, withDefault) } }))
    const body = { schema: record(id, year) }
    assert.isTrue((await run(client.checkSchema({ params, body }))).compatible)
    await run(client.setCompatibility({ params, body: { compatibility: "BACKWARD_TRANSITIVE" } }))
    assert.deepInclude(await run(client.checkSchema({ params, body })), { compatible: false, version: 1 })
  })

  it("refuses what is no schema, with the place in it", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const schemas: readonly (readonly [unknown, string])[] = [
      [record(id, { name: "a;b", type: "int" }), "schema.fields[1].name"],
      [record(id, { name: "n", type: "strin" }), "schema.fields[1].type"],
      ["{", "schema"],
      [42, "schema"]
    ]
    for (const [schema, path] of schemas) {
      const error = await failureOf(server.client.registerSchema({ params, body: { schema } }))
      assert.deepInclude(error, { code: "SCHEMA_INVALID", status: 422, path })
    }
  })

  it("keeps its key", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const { client } = server
    await run(client.registerSchema({ params, body: { schema: record(id), key: ["id"] } }))
    const same = await run(client.registerSchema({ params, body: { schema: record(id, rating) } }))
    assert.deepEqual(same.key, ["id"])
    const other = client.registerSchema({ params, body: { schema: record(id, rating), key: ["rating"] } })
    assert.deepInclude(await failureOf(other), { code: "SUBJECT_KEY_CHANGED", path: "key" })
  })

  it("says what it does not have", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const { client } = server
    const code = async (version: string, subject = "studio.movies") =>
      (await failureOf(client.getSubjectVersion({ params: { subject, version } })))._tag
    assert.equal(await code("latest", "nothing"), "ApiError")
    await run(client.registerSchema({ params, body: { schema: record(id) } }))
    const missing = client.getSubjectVersion({ params: { ...params, version: "9" } })
    assert.deepInclude(await failureOf(missing), { code: "SUBJECT_VERSION_UNKNOWN" })
    assert.deepInclude(await failureOf(client.getSchema({ params: { id: 9 } })), { code: "SCHEMA_UNKNOWN" })
  })
})
