import { COMPATIBILITY, SchemaRegistry, SchemaType } from "@kafkajs/confluent-schema-registry"
import { schemaIdAt } from "@millrace/sdk/avro"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { agedPerson, movie, person, registryServer } from "./registry-server.ts"

type Server = Awaited<ReturnType<typeof registryServer>>

const clientOf = ({ token, url }: Pick<Server, "token" | "url">): SchemaRegistry =>
  new SchemaRegistry({ host: url, auth: { username: "anybody", password: token }, retry: { retries: 0 } })

const avro = (schema: object, rest: object = {}) => ({
  type: SchemaType.AVRO as const,
  schema: JSON.stringify(schema),
  ...rest
})

const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "it did not fail",
    (error: unknown) => String(error)
  )

describe("@kafkajs/confluent-schema-registry", () => {
  it("registers, encodes and decodes", async () => {
    await using server = await registryServer()
    const { id } = await clientOf(server).register(avro(person))
    assert.equal(id, 1)
    const bytes = await clientOf(server).encode(id, { name: "Agnès Varda" })
    assert.equal(schemaIdAt(bytes, 0), id)
    assert.deepEqual({ ...(await clientOf(server).decode(bytes)) }, { name: "Agnès Varda" })
  })

  it("sees what the registry's own API registered, and the other way round", async () => {
    await using server = await registryServer()
    const params = { subject: "studio.people" }
    const own = await Effect.runPromise(server.client.registerSchema({ params, body: { schema: person } }))
    const client = clientOf(server)
    assert.equal(await client.getLatestSchemaId("studio.people"), own.id)
    const { id } = await client.register(avro(agedPerson({ default: 0 })), { subject: "studio.people" })
    const shown = await Effect.runPromise(
      server.client.getSubjectVersion({ params: { ...params, version: "latest" } })
    )
    assert.deepInclude(shown, { id, version: 2, registeredBy: "test-admin" })
  })

  it("finds ids by subject, version and schema", async () => {
    await using server = await registryServer()
    const client = clientOf(server)
    const first = await client.register(avro(person), { subject: "people-value" })
    const second = await client.register(avro(agedPerson({ default: 0 })), { subject: "people-value" })
    assert.equal(await client.getLatestSchemaId("people-value"), second.id)
    assert.equal(await client.getRegistryId("people-value", 1), first.id)
    assert.equal(await client.getRegistryId("people-value", "latest"), second.id)
    assert.equal(await client.getRegistryIdBySchema("people-value", avro(person)), first.id)
    const unknown = client.getRegistryIdBySchema("people-value", avro(agedPerson({ default: 1 })))
    assert.include(await failure(unknown), "Schema not found")
    assert.include(await failure(client.getLatestSchemaId("nothing")), "Subject 'nothing' not found")
    assert.include(await failure(client.getSchema(99)), "Schema 99 not found")
  })

  it("is refused a schema that is not compatible, and sets the compatibility of a new subject", async () => {
    await using server = await registryServer()
    const client = clientOf(server)
    await client.register(avro(person), { subject: "people", compatibility: COMPATIBILITY.FULL })
    const clash = client.register(avro(agedPerson({})), {
      subject: "people",
      compatibility: COMPATIBILITY.FULL
    })
    assert.include(await failure(clash), "READER_FIELD_MISSING_DEFAULT_VALUE")
    const other = client.register(avro(person), { subject: "people", compatibility: COMPATIBILITY.NONE })
    assert.include(await failure(other), "NONE != FULL")
  })

  it("writes and reads with a schema that refers to another", async () => {
    await using server = await registryServer()
    const client = clientOf(server)
    await client.register(avro(person), { subject: "person" })
    const references = [{ name: "studio.Person", subject: "person", version: 1 }]
    const { id } = await client.register(avro(movie, { references }), { subject: "movie" })
    const value = { title: "Cléo", director: { name: "Agnès Varda" } }
    const bytes = await clientOf(server).encode(id, value)
    const read: unknown = await clientOf(server).decode(bytes)
    assert.equal(JSON.stringify(read), JSON.stringify(value))
  })

  it("reads with a newer schema what an older one wrote", async () => {
    await using server = await registryServer()
    const { id } = await clientOf(server).register(avro(person), { subject: "people" })
    const bytes = await clientOf(server).encode(id, { name: "Ida Lupino" })
    const readerSchema = agedPerson({ default: 7 })
    const read: unknown = await clientOf(server).decode(bytes, { [SchemaType.AVRO]: { readerSchema } })
    assert.equal(JSON.stringify(read), JSON.stringify({ name: "Ida Lupino", age: 7 }))
  })

  it("is refused without a token that may", async () => {
    await using server = await registryServer()
    const writes = async (token: string, subject = "people") =>
      failure(clientOf({ url: server.url, token }).register(avro(person), { subject, updateConfig: false }))
    assert.include(await writes("nothing"), "token")
    assert.include(await writes(await server.tokenFor("read")), "schemas")
    assert.include(await writes(await server.tokenFor("schemas:other")), "schemas")
    assert.equal(await writes(await server.tokenFor("schemas:people")), "it did not fail")
    const reading = clientOf({ url: server.url, token: await server.tokenFor("read") })
    assert.equal(await reading.getLatestSchemaId("people"), 1)
  })
})
