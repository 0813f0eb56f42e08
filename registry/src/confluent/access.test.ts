import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { AuditLog } from "../audit/audit-log.ts"
import { Tokens } from "../auth/tokens.ts"
import { makeTestRegistry, run, listen, type TestRegistry } from "../testing/test-registry.ts"
import { confluentRoutes } from "./mount-confluent.ts"
import { makeSender, record, sent, title } from "./testing/rest-story.ts"

const issue = async (registry: TestRegistry, ...scopes: readonly string[]): Promise<string> => {
  const issued = Tokens.use((tokens) => tokens.issue({ name: "client", scopes }, "system"))
  return (await registry.runtime.runPromise(issued)).token
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`

/** Status of a request that carries an Authorization header; in-process, so that nobody is local. */
const status = async (
  registry: TestRegistry,
  call: string,
  authorization?: string,
  init: RequestInit = {}
) => {
  const [method = "", path = ""] = call.split(" ")
  const headers = new Headers({
    "content-type": "application/json",
    ...(authorization === undefined ? {} : { authorization })
  })
  const reply = await registry.request(`/schema-registry${path}`, { method, headers, ...init })
  return reply.status
}

const body = JSON.stringify({ schema: record(title) })

describe("access to the schema registry", () => {
  it("takes a token of the registry as bearer, or as the password of any user", async () => {
    await using registry = await makeTestRegistry()
    const { token } = registry
    for (const header of [`Bearer ${token}`, `bearer ${token}`, basic("anybody", token), basic("", token)])
      assert.equal(await status(registry, "GET /subjects", header), 200, header.slice(0, 8))
    const wrong = [
      basic("anybody", "wrong"),
      basic(token, ""),
      `Basic ${Buffer.from(token).toString("base64")}`,
      "Basic %%%",
      `Digest ${token}`,
      "",
      undefined
    ]
    for (const header of wrong) assert.equal(await status(registry, "GET /subjects", header), 401, header)
  })

  it("says how to come in, in Confluent's form", async () => {
    await using registry = await makeTestRegistry()
    const reply = await registry.request("/schema-registry/subjects")
    assert.include(reply.headers.get("www-authenticate") ?? "", "Basic")
    assert.deepInclude(await reply.json(), { error_code: 401 })
  })

  it("asks of every route what the registry's own API asks", async () => {
    await using registry = await makeTestRegistry()
    const reader = `Bearer ${await issue(registry, "read")}`
    const sender = `Bearer ${await issue(registry, "ingest")}`
    for (const { access, method, path } of confluentRoutes("1.0.0")) {
      const call = `${method} ${path.replace(/:(\w+)/g, "1")}`
      assert.equal(await status(registry, call), 401, call)
      assert.equal(await status(registry, call, sender), 403, call)
      const read = await status(registry, call, reader, method === "POST" || method === "PUT" ? { body } : {})
      assert[access === "read" ? "notEqual" : "equal"](read, 403, call)
      assert.isBelow(read, 500, call)
    }
  })

  it("holds a token to its subject, and keeps contexts and what is global from it", async () => {
    await using registry = await makeTestRegistry()
    const own = `Bearer ${await issue(registry, "schemas:people")}`
    const all = `Bearer ${await issue(registry, "schemas")}`
    const config = { body: JSON.stringify({ compatibility: "FULL" }) }
    assert.equal(await status(registry, "POST /subjects/people/versions", own, { body }), 200)
    assert.equal(await status(registry, "POST /subjects/%3A.%3Apeople/versions", own, { body }), 200)
    assert.equal(await status(registry, "PUT /config/people", own, config), 200)
    for (const call of ["POST /subjects/movies/versions", "POST /subjects/:.team:people/versions"]) {
      assert.equal(await status(registry, call, own, { body }), 403, call)
      assert.equal(await status(registry, call, all, { body }), 200, call)
    }
    for (const call of ["PUT /config", "PUT /config/:.team:", "PUT /config/:.:"]) {
      assert.equal(await status(registry, call, own, config), 403, call)
      assert.equal(await status(registry, call, all, config), 200, call)
    }
  })

  it("takes JSON alone, and no more of it than a schema needs", async () => {
    await using registry = await makeTestRegistry()
    const admin = `Bearer ${registry.token}`
    const call = "POST /subjects/people/versions"
    const typed = (type: string) => ({ body, headers: { authorization: admin, "content-type": type } })
    assert.equal(await status(registry, call, admin, typed("text/plain")), 415)
    assert.equal(await status(registry, call, admin, typed("application/x-www-form-urlencoded")), 415)
    for (const type of [
      "application/vnd.schemaregistry.v1+json",
      "application/json; charset=utf-8",
      "application/octet-stream"
    ])
      assert.equal(await status(registry, call, admin, typed(type)), 200, type)
    assert.equal(await status(registry, call, admin, { body: "{" }), 400)
    assert.equal(await status(registry, call, admin, { body: `${"[".repeat(300)}${"]".repeat(300)}` }), 400)
    assert.equal(
      await status(registry, call, admin, { body: JSON.stringify({ schema: "x".repeat(4_200_000) }) }),
      422
    )
  })

  it("holds hostile schemas to the limits of the registry's own API", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const send = makeSender(`${server.url}/schema-registry`, registry.token)
    const deep = `${'{"type":"array","items":'.repeat(70)}"int"${"}".repeat(70)}`
    const wide = JSON.stringify({
      type: "record",
      name: "R",
      fields: Array.from({ length: 1001 }, (_, index) => ({ name: `f${index}`, type: "int" }))
    })
    for (const [schema, problem] of [
      [deep, "nested deeper"],
      [wide, "1001 fields"]
    ] as const) {
      const reply = await send("POST /subjects/a/versions", sent(schema))
      assert.equal(reply.status, 422)
      assert.include(JSON.stringify(reply.body), problem)
    }
  })

  it("holds a schema to them with all that it refers to, however it is cut", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const send = makeSender(`${server.url}/schema-registry`, registry.token)
    const statuses: number[] = []
    for (let level = 0; level < 70; level++) {
      const type = level === 0 ? "int" : `R${level - 1}`
      const schema = JSON.stringify({ type: "record", name: `R${level}`, fields: [{ name: "f", type }] })
      const references = level === 0 ? [] : [{ name: type, subject: type, version: 1 }]
      statuses.push((await send(`POST /subjects/R${level}/versions`, sent(schema, { references }))).status)
    }
    assert.equal(statuses.at(10), 200)
    assert.equal(statuses.at(-1), 422)
  })

  it("leaves an entry in the audit log for each write, and none for what was refused", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const send = makeSender(`${server.url}/schema-registry`, registry.token)
    await send("POST /subjects/a/versions", sent(record(title)))
    await send("POST /subjects/a/versions", sent(record(title)))
    await send("POST /subjects/a/versions", sent('"int"'))
    await send("PUT /config/a", { compatibility: "NONE" })
    await send("PUT /mode", { mode: "READWRITE" })
    await send("DELETE /subjects/a?permanent=true")
    await send("DELETE /subjects/a")
    await send("DELETE /contexts/.team")
    const { entries } = await registry.runtime.runPromise(AuditLog.use((audit) => audit.list({})))
    assert.deepEqual(
      entries
        .map(({ action, actor, target }) => `${actor} ${action} ${target}`)
        .slice(0, -1)
        .toReversed(),
      [
        "test-admin subject.register a",
        "test-admin subject.compatibility a",
        "test-admin subject.mode :.:",
        "test-admin subject.delete a",
        "test-admin context.delete :.team:"
      ]
    )
    assert.isNull((await registry.runtime.runPromise(AuditLog.use((audit) => audit.verify))).brokenAt)
  })
})

describe("the registry's own API", () => {
  it("shows what clients registered, each schema standing for itself", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const send = makeSender(`${server.url}/schema-registry`, registry.token)
    const person = '{"type":"record","name":"Person","fields":[]}'
    await send("POST /subjects/the%20people%2F1/versions", sent(person))
    const references = [{ name: "Person", subject: "the people/1", version: 1 }]
    await send("POST /subjects/movies/versions", sent('{"type":"array","items":"Person"}', { references }))
    const { client } = server
    const listed = await run(client.listSubjects())
    assert.deepEqual(
      listed.subjects.map(({ subject }) => subject),
      ["movies", "the people/1"]
    )
    const params = { subject: "movies", version: "latest" }
    const shown = await run(client.getSubjectVersion({ params }))
    assert.equal(shown.schema, `{"type":"array","items":${person}}`)
    assert.equal((await run(client.getSchema({ params: { id: shown.id } }))).schema, shown.schema)
    const people = await run(client.listSubjectVersions({ params: { subject: "the people/1" } }))
    assert.equal(people.versions.length, 1)
  })

  it("follows the modes and the compatibility that clients set, and they follow its own", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const send = makeSender(`${server.url}/schema-registry`, registry.token)
    const params = { subject: "a" }
    const register = (schema: unknown) =>
      Effect.result(server.client.registerSchema({ params, body: { schema } }))
    await send("PUT /config", { compatibility: "NONE" })
    assert.equal((await run(register("int")))._tag, "Success")
    assert.equal((await run(register("string")))._tag, "Success")
    await run(server.client.setCompatibility({ params, body: { compatibility: "FULL" } }))
    assert.deepInclude((await send("GET /config/a")).body, { compatibilityLevel: "FULL" })
    await send("PUT /mode/a", { mode: "READONLY" })
    const refused = await run(register("bytes"))
    assert.deepInclude(refused._tag === "Failure" ? refused.failure : {}, { code: "SUBJECT_READ_ONLY" })
  })

  it("gives a subject that clients made the key that is said first", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const send = makeSender(`${server.url}/schema-registry`, registry.token)
    await send("POST /subjects/a/versions", sent(record(title)))
    const own = (key: readonly string[]) =>
      server.client.registerSchema({ params: { subject: "a" }, body: { schema: record(title), key } })
    assert.deepEqual((await run(own(["title"]))).key, ["title"])
    assert.equal((await run(Effect.result(own(["year"]))))._tag, "Failure")
  })
})
