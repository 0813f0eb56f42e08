import {
  AvroDeserializer,
  AvroSerializer,
  Compatibility,
  HeaderSchemaIdSerializer,
  RestError,
  SchemaRegistryClient,
  SerdeType
} from "@confluentinc/schemaregistry"
import { guidOfHeader, schemaIdAt, valueHeaderName } from "@millrace/sdk/avro"
import { assert, describe, it } from "vitest"
import { agedPerson, movie, person, registryServer } from "./registry-server.ts"

type Server = Awaited<ReturnType<typeof registryServer>>

const clientOf = ({ token, url }: Pick<Server, "token" | "url">): SchemaRegistryClient =>
  new SchemaRegistryClient({
    baseURLs: [url],
    maxRetries: 0,
    basicAuthCredentials: { credentialsSource: "USER_INFO", userInfo: `anybody:${token}` }
  })

const avro = (schema: object, rest: object = {}) => ({
  schema: JSON.stringify(schema),
  schemaType: "AVRO",
  ...rest
})

/** Status and code of a refusal. */
const refusal = (promise: Promise<unknown>): Promise<readonly [number, number] | string> =>
  promise.then(
    () => "it was not refused",
    (error: unknown) => (error instanceof RestError ? [error.status, error.errorCode] : String(error))
  )

describe("@confluentinc/schemaregistry", () => {
  it("registers, and finds what it registered", async () => {
    await using server = await registryServer()
    const client = clientOf(server)
    assert.equal(await client.register("people-value", avro(person)), 1)
    const second = await client.registerFullResponse("people-value", avro(agedPerson({ default: 0 })), true)
    assert.deepInclude(second, { id: 2, version: 2 })
    const fresh = clientOf(server)
    assert.deepEqual(await fresh.getAllSubjects(), ["people-value"])
    assert.deepEqual(await fresh.getAllVersions("people-value"), [1, 2])
    assert.deepInclude(await fresh.getLatestSchemaMetadata("people-value"), { id: 2, version: 2 })
    assert.deepInclude(await fresh.getSchemaMetadata("people-value", 1), { id: 1, subject: "people-value" })
    assert.equal(await fresh.getVersion("people-value", avro(person)), 1)
    assert.equal(await fresh.getId("people-value", avro(person)), 1)
    const byId = await fresh.getBySubjectAndId("people-value", 2)
    assert.equal((await fresh.getByGuid(second.guid ?? "")).schema, byId.schema)
  })

  it("writes with the schema's id before the value, and reads it", async () => {
    await using server = await registryServer()
    await clientOf(server).register("people-value", avro(person))
    const writer = new AvroSerializer(clientOf(server), SerdeType.VALUE, { useLatestVersion: true })
    const bytes = await writer.serialize("people", { name: "Agnès Varda" })
    assert.equal(schemaIdAt(bytes, 0), 1)
    const reader = new AvroDeserializer(clientOf(server), SerdeType.VALUE, {})
    assert.equal(JSON.stringify(await reader.deserialize("people", bytes)), '{"name":"Agnès Varda"}')
  })

  it("writes with the schema's GUID in a header, and reads it", async () => {
    await using server = await registryServer()
    const { guid } = await clientOf(server).registerFullResponse("people-value", avro(person))
    const conf = { useLatestVersion: true, schemaIdSerializer: HeaderSchemaIdSerializer }
    const headers: Record<string, Buffer> = {}
    const writer = new AvroSerializer(clientOf(server), SerdeType.VALUE, conf)
    const bytes = await writer.serialize("people", { name: "Ida Lupino" }, headers)
    assert.equal(guidOfHeader(headers[valueHeaderName] ?? new Uint8Array()), guid)
    const reader = new AvroDeserializer(clientOf(server), SerdeType.VALUE, {})
    assert.equal(JSON.stringify(await reader.deserialize("people", bytes, headers)), '{"name":"Ida Lupino"}')
  })

  it("writes and reads with a schema that refers to another", async () => {
    await using server = await registryServer()
    await clientOf(server).register("person", avro(person))
    const references = [{ name: "studio.Person", subject: "person", version: 1 }]
    await clientOf(server).register("movies-value", avro(movie, { references }))
    const writer = new AvroSerializer(clientOf(server), SerdeType.VALUE, { useLatestVersion: true })
    const value = { title: "Cléo", director: { name: "Agnès Varda" } }
    const bytes = await writer.serialize("movies", value)
    const reader = new AvroDeserializer(clientOf(server), SerdeType.VALUE, {})
    assert.equal(JSON.stringify(await reader.deserialize("movies", bytes)), JSON.stringify(value))
    assert.deepEqual(await refusal(clientOf(server).deleteSubject("person")), [422, 42206])
  })

  it("asks for compatibility, and sets it", async () => {
    await using server = await registryServer()
    const client = clientOf(server)
    assert.equal(await client.getDefaultCompatibility(), Compatibility.BACKWARD)
    assert.equal(await client.updateDefaultCompatibility(Compatibility.FULL), Compatibility.FULL)
    await client.register("people", avro(person))
    assert.isFalse(await client.testSubjectCompatibility("people", avro(agedPerson({}))))
    assert.isTrue(await client.testCompatibility("people", 1, avro(agedPerson({ default: 0 }))))
    assert.deepEqual(await refusal(client.register("people", avro(agedPerson({})))), [409, 40901])
    assert.deepEqual(await refusal(client.getCompatibility("people")), [404, 40408])
    assert.equal(await client.updateCompatibility("people", Compatibility.NONE), Compatibility.NONE)
    assert.equal(await client.register("people", avro(agedPerson({}))), 2)
    await client.updateConfig("people", { normalize: true })
    assert.deepInclude(await client.getConfig("people"), {
      compatibilityLevel: Compatibility.NONE,
      normalize: true
    })
  })

  it("deletes versions and subjects, softly and for good", async () => {
    await using server = await registryServer()
    const client = clientOf(server)
    await client.register("films-2026", avro(person))
    await client.register("films-2026", avro(agedPerson({ default: 0 })))
    assert.deepEqual(await refusal(client.deleteSubjectVersion("films-2026", 2, true)), [404, 40407])
    assert.equal(Number(await client.deleteSubjectVersion("films-2026", 2)), 2)
    assert.deepEqual(await client.getAllVersions("films-2026"), [1])
    assert.deepEqual(await client.deleteSubject("films-2026"), [1])
    assert.deepEqual(await refusal(client.deleteSubject("films-2026")), [404, 40404])
    assert.deepEqual(await client.deleteSubject("films-2026", true), [1, 2])
    assert.deepEqual(await refusal(client.getAllVersions("films-2026")), [404, 40401])
  })

  it("finds the latest version by its metadata", async () => {
    await using server = await registryServer()
    const client = clientOf(server)
    await client.register("people", avro(person, { metadata: { properties: { owner: "ann" } } }))
    await client.register("people", avro(person, { metadata: { properties: { owner: "bob" } } }))
    assert.deepInclude(await client.getLatestWithMetadata("people", { owner: "ann" }), { version: 1, id: 1 })
  })

  it("comes in with a token as bearer, and is refused with a wrong one", async () => {
    await using server = await registryServer()
    const bearing = (token: string) =>
      new SchemaRegistryClient({
        baseURLs: [server.url],
        maxRetries: 0,
        bearerAuthCredentials: {
          credentialsSource: "STATIC_TOKEN",
          token,
          logicalCluster: "any",
          identityPoolId: "any"
        }
      })
    assert.equal(await bearing(server.token).register("people", avro(person)), 1)
    assert.deepEqual(await refusal(bearing("wrong").register("people", avro(person))), [401, 401])
    const reading = bearing(await server.tokenFor("read"))
    assert.deepEqual(await reading.getAllSubjects(), ["people"])
    assert.deepEqual(await refusal(reading.deleteSubject("people")), [403, 403])
  })
})
