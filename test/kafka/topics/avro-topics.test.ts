import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { COMPATIBILITY, SchemaRegistry, SchemaType } from "@kafkajs/confluent-schema-registry"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { command, root, temporaryFolder, until, up } from "../../input/program.ts"
import type { CommandResult, Platform } from "../../input/program.ts"
import { registryServer } from "../../registry-clients/registry-server.ts"
import { hasKafka } from "../../tools.ts"
import { sharedClusterPatience, sharedClusters } from "../shared.ts"
import { registryFront, type RegistryFront } from "./registry-front.ts"
import { arrived, type SeenRecord, TopicClient } from "./topic-client.ts"

// Avro of other programs: kafkajs and a schema registry's client write, a pipeline reads and writes, and they read. The registry is
// another one than the platform's own, which knows nothing of it.

const [cluster] = sharedClusters
const unique = `${process.pid}-${Date.now() % 1_000_000}`

const order = {
  type: "record",
  name: "Order",
  namespace: "shop",
  fields: [
    { name: "id", type: "string" },
    { name: "total", type: "double" }
  ]
}
const notedOrder = {
  ...order,
  fields: [...order.fields, { name: "note", type: ["null", "string"], default: null }]
}

describe.skipIf(!hasKafka || cluster === undefined)("topics in Avro, with an outside registry", () => {
  const folder = temporaryFolder()
  let brokers = ""
  let platform: Platform
  let topics: TopicClient
  let outside: Awaited<ReturnType<typeof registryServer>>
  let front: RegistryFront
  let registry: SchemaRegistry

  beforeAll(async () => {
    const bootstrap = (await cluster?.bootstrap()) ?? []
    brokers = bootstrap.join(",")
    topics = new TopicClient(bootstrap)
    outside = await registryServer()
    front = await registryFront(outside.url)
    registry = new SchemaRegistry({
      host: outside.url,
      auth: { username: "anybody", password: outside.token }
    })
    platform = await up({
      data: join(folder.path, "data"),
      publish: ["kafka", "filter"].map((name) => join(root, "plugins", name))
    })
    await setSecret("REGISTRY", outside.token)
    await setSecret("STRANGER", "no token of the registry")
  }, sharedClusterPatience)

  afterAll(async () => {
    await topics.close()
    await platform.stop()
    await front[Symbol.asyncDispose]()
    await outside[Symbol.asyncDispose]()
    folder.remove()
  })

  const setSecret = (name: string, value: string): Promise<CommandResult> =>
    command(["secret", "set", name, "--data", platform.data], { input: `${value}\n` })

  const apply = (name: string, text: string, ...flags: readonly string[]): Promise<CommandResult> => {
    const file = join(folder.path, `${name}.pipeline.yaml`)
    writeFileSync(file, text)
    return platform.command("apply", file, ...flags)
  }

  /** By hand, for the client registers no primitive types. */
  const idOf = async (subject: string, schema: unknown): Promise<number> => {
    const reply = await fetch(`${outside.url}/subjects/${subject}/versions`, {
      method: "POST",
      headers: {
        "content-type": "application/vnd.schemaregistry.v1+json",
        authorization: `Bearer ${outside.token}`
      },
      body: JSON.stringify({ schema: JSON.stringify(schema) })
    })
    const { id } = Object(await reply.json())
    return Number(id)
  }

  const decoded = async ({ raw }: SeenRecord): Promise<unknown> => {
    const read = async (bytes: Buffer | null): Promise<unknown> =>
      bytes === null ? null : JSON.parse(JSON.stringify(await registry.decode(bytes)))
    return [await read(raw.key), await read(raw.value)]
  }

  const pipeline = (
    name: string,
    from: string,
    to: string,
    more: string = "",
    secret: string = "REGISTRY"
  ) => `
pipeline: ${name}
nodes:
  orders:
    source: "@millrace/kafka@^1"
    with:
      brokers: ${brokers}
      topic: ${from}
      format: avro
      registry: { url: "${front.url}", auth: { user: anybody, secret: ${secret} } }
      record: shop.Order
      fields: { id: { type: string }, total: { type: double }, note: { type: string, nullable: true } }
      key: { fields: [id], format: avro }
  large: { use: "@millrace/filter@^1", from: orders, with: { where: "total > 5" } }
  out:
    sink: "@millrace/kafka@^1"
    from: large
    with:
      brokers: ${brokers}
      topic: ${to}
      format: avro
      registry: { url: "${front.url}", auth: { user: anybody, secret: REGISTRY } }
      key: { fields: [id], format: avro }
      ${more}
`

  it(
    "go through by the schema of each record; what cannot be read is told",
    { timeout: 300_000 },
    async () => {
      const [from, to] = [`avro-${unique}`, `good-avro-${unique}`]
      await Promise.all([topics.make(from, 1), topics.make(to, 1)])
      const key = await idOf(`${from}-key`, "string")
      const first = await idOf(`${from}-value`, order)
      const second = await idOf(`${from}-value`, notedOrder)
      const written = async (id: string, schema: number, value: object) => ({
        key: await registry.encode(key, id),
        value: await registry.encode(schema, value)
      })
      await topics.write(from, [
        await written("a", first, { id: "a", total: 12.5 }),
        await written("b", first, { id: "b", total: 1 }),
        { key: await registry.encode(key, "x"), value: "no Avro" },
        { key: await registry.encode(key, "y"), value: Buffer.from([0, 0, 0, 0xff, 0xff, 2]) },
        { key: await registry.encode(key, "z"), value: Buffer.from([0, 0, 0, 0, first, 2]) },
        await written("c", second, { id: "c", total: 7, note: "gift" }),
        { key: await registry.encode(key, "a"), value: null }
      ])
      const text = pipeline("avro", from, to)
      const ungranted = await apply("avro", text)
      assert.notEqual(ungranted.exit, 0)
      assert.include(ungranted.stdout + ungranted.stderr, "127.0.0.1")
      assert.include(ungranted.stdout + ungranted.stderr, "REGISTRY")
      const applied = await apply("avro", text, "--grant")
      assert.equal(applied.exit, 0, applied.stderr)
      const seen = await topics.read(to)
      await arrived(seen, 3)
      assert.deepEqual(await Promise.all(seen.map(decoded)), [
        ["a", { id: "a", total: 12.5, note: null }],
        ["c", { id: "c", total: 7, note: "gift" }],
        ["a", null]
      ])
      const letters = await platform.command("dlq", "list", "avro")
      for (const code of ["KAFKA_NO_SCHEMA_ID", "KAFKA_SCHEMA_UNKNOWN", "KAFKA_VALUE_MISFIT"])
        assert.include(letters.stdout, code)
      const asked = front.seen.filter((each) => each === `GET /schemas/ids/${first}`)
      assert.lengthOf(asked, 1)

      // While the registry is away nothing is lost, nothing becomes a dead letter, and status says what is waited for.
      const third = await idOf(`${from}-value`, {
        ...notedOrder,
        fields: [...notedOrder.fields, { name: "web", type: "boolean", default: false }]
      })
      for (const [mode, told, id] of [
        ["away", /CONNECTION_FAILED|no connection/, "d"],
        ["failing", /REGISTRY_UNAVAILABLE.*503/, "e"]
      ] as const) {
        front.mode = mode
        const schema = mode === "away" ? third : await idOf(`${from}-value`, { ...notedOrder, doc: mode })
        await topics.write(from, [await written(id, schema, { id, total: 9, note: null, web: true })])
        await until(
          () => platform.command("status", "avro"),
          ({ stdout }) => told.test(stdout)
        )
        front.mode = "open"
        await arrived(seen, id === "d" ? 4 : 5)
      }
      assert.deepEqual(await decoded(seen[4] ?? assert.fail()), ["e", { id: "e", total: 9, note: null }])
      const after = await platform.command("dlq", "list", "avro")
      assert.equal(after.stdout, letters.stdout)
    }
  )

  it(
    "are written with the latest schema of the subjects where the config says so",
    { timeout: 150_000 },
    async () => {
      const [from, to] = [`own-${unique}`, `latest-${unique}`]
      await Promise.all([topics.make(from, 1), topics.make(to, 1)])
      const value = {
        ...order,
        fields: [...order.fields, { name: "by", type: "string", default: "millrace" }]
      }
      const keyRecord = { type: "record", name: "OrderKey", fields: [{ name: "id", type: "string" }] }
      await idOf(`${to}-value`, value)
      await idOf(`${to}-key`, keyRecord)
      const key = await idOf(`${from}-key`, keyRecord)
      const schema = await idOf(`${from}-value`, order)
      await topics.write(from, [
        {
          key: await registry.encode(key, { id: "a" }),
          value: await registry.encode(schema, { id: "a", total: 6 })
        },
        { key: await registry.encode(key, { id: "a" }), value: null }
      ])
      const applied = await apply("latest", pipeline("latest", from, to, "schemas: latest"), "--grant")
      assert.equal(applied.exit, 0, applied.stderr)
      const seen = await topics.read(to)
      await arrived(seen, 2)
      assert.deepEqual(await Promise.all(seen.map(decoded)), [
        [{ id: "a" }, { id: "a", total: 6, by: "millrace" }],
        [{ id: "a" }, null]
      ])
    }
  )

  it("stop with the registry's words where it refuses", { timeout: 150_000 }, async () => {
    const [from, to] = [`refused-${unique}`, `clash-${unique}`]
    await Promise.all([topics.make(from, 1), topics.make(to, 1)])
    await registry.register(
      {
        type: SchemaType.AVRO,
        schema: JSON.stringify({ ...order, fields: [{ name: "total", type: "string" }] })
      },
      { subject: `${to}-value`, compatibility: COMPATIBILITY.BACKWARD }
    )
    const schema = await idOf(`${from}-value`, order)
    const key = await idOf(`${from}-key`, "string")
    const record = {
      key: await registry.encode(key, "a"),
      value: await registry.encode(schema, { id: "a", total: 6 })
    }
    await topics.write(from, [record])
    await apply("clash", pipeline("clash", from, to), "--grant")
    await apply("stranger", pipeline("stranger", from, `${to}-2`, "", "STRANGER"), "--grant")
    await until(
      () => platform.command("status", "clash"),
      ({ stdout }) => /REGISTRY_INCOMPATIBLE.*TYPE_MISMATCH/s.test(stdout)
    )
    await until(
      () => platform.command("status", "stranger"),
      ({ stdout }) => /REGISTRY_NOT_AUTHORIZED.*401/s.test(stdout)
    )
  })
})
