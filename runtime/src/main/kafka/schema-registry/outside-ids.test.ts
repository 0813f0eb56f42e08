import * as Effect from "effect/Effect"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { movie, person, registryServer } from "../../../../../test/registry-clients/registry-server.ts"
import { idsInMemory } from "../../../transport/kafka/testing/ids-in-memory.ts"
import { outsideIds } from "./outside-ids.ts"
import { registryClient } from "./registry-client.ts"

// Against a real registry: the platform's own, which has the same API as Confluent's.

const stream = (name: string) => ({ kafkaTopic: name, internal: false })
const values = (name: string) => ({ ...stream(name), isControl: false })
const run = Effect.runPromise

describe("ids of an outside registry", () => {
  let server: Awaited<ReturnType<typeof registryServer>>
  beforeAll(async () => {
    server = await registryServer()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const clientOf = (token: string) => registryClient({ url: server.url, authorization: `Bearer ${token}` })
  const idsOf = (token: string = server.token) => {
    const own = idsInMemory()
    return { own, ids: outsideIds({ client: clientOf(token), own, prefix: "millrace." }) }
  }
  const ask = async (path: string, body?: unknown): Promise<unknown> => {
    const reply = await fetch(`${server.url}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    return reply.json()
  }

  it("are those of named streams, under the subjects that clients of Kafka look for", async () => {
    const { ids } = idsOf()
    const text = JSON.stringify(person)
    const id = await run(ids.idOf(values("people"), text))
    assert.include(await ask("/subjects/people-value/versions/latest"), { id, version: 1 })
    assert.strictEqual(await run(ids.idOf(values("people"), text)), id)
    const found: unknown = JSON.parse((await run(ids.textOf(stream("people"), id))) ?? "")
    assert.deepInclude(Object(found), { name: "studio.Person", fields: person.fields })
    assert.isUndefined(await run(ids.textOf(stream("people"), 9_999)))
  })

  it("are none of the platform's own topics, and what tasks tell each other has a subject of its own", async () => {
    const { ids, own } = idsOf()
    const inside = { kafkaTopic: "millrace.between", internal: true, isControl: false }
    const id = await run(ids.idOf(inside, '"long"'))
    assert.strictEqual(await run(own.textOf(inside, id)), '"long"')
    assert.strictEqual(await run(ids.textOf(inside, id)), '"long"')
    const control = await run(ids.idOf({ ...values("people"), isControl: true }, '"null"'))
    assert.strictEqual(await run(ids.textOf(stream("people"), control)), '"null"')
    const subjects = await ask("/subjects")
    assert.include(subjects, "millrace.control")
    assert.notInclude(subjects, "millrace.between-value")
  })

  it("stand for a schema with all that it refers to", async () => {
    await ask("/subjects/person/versions", { schema: JSON.stringify(person) })
    const references = [{ name: "studio.Person", subject: "person", version: 1 }]
    const { id } = Object(
      await ask("/subjects/movies-value/versions", { schema: JSON.stringify(movie), references })
    )
    const text = (await run(idsOf().ids.textOf(stream("movies"), Number(id)))) ?? ""
    assert.include(text, '"name":"studio.Person"')
    assert.include(text, '"name":"name"')
  })

  it("are refused in the registry's words, and waited for while it is away", async () => {
    const failure = (ids: ReturnType<typeof idsOf>["ids"], text: string) =>
      run(Effect.flip(ids.idOf(values("clash"), text)))
    const { ids } = idsOf()
    await run(ids.idOf(values("clash"), JSON.stringify(person)))
    const other = JSON.stringify({ ...person, fields: [{ name: "age", type: "int" }] })
    const refused = await failure(ids, other)
    assert.strictEqual(refused.reason, "unsupported")
    assert.match(refused.message, /answered 409, .*READER_FIELD_MISSING_DEFAULT_VALUE/s)
    const [clash] = await run(clientOf(server.token).clashes("clash-value", other))
    assert.match(clash ?? "", /READER_FIELD_MISSING_DEFAULT_VALUE/)
    assert.deepEqual(await run(clientOf(server.token).clashes("unknown-value", other)), [])
    const stranger = await failure(idsOf("nobody").ids, other)
    assert.strictEqual(stranger.reason, "unauthorized")
    const nowhere = { url: "http://127.0.0.1:1", authorization: undefined }
    const away = outsideIds({ client: registryClient(nowhere), own: idsInMemory(), prefix: "" })
    const { message, reason } = await failure(away, other)
    assert.strictEqual(reason, "unavailable")
    assert.include(message, "http://127.0.0.1:1 does not answer")
    // A path that is none of a registry's says nothing of schemas.
    const elsewhere = { url: server.url.replace("/schema-registry", "/nothing"), authorization: undefined }
    const lost = outsideIds({ client: registryClient(elsewhere), own: idsInMemory(), prefix: "" })
    assert.strictEqual((await run(Effect.flip(lost.textOf(stream("people"), 1)))).reason, "unsupported")
  })
})
