import { randomUUID } from "node:crypto"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { SchemaRegistry } from "@kafkajs/confluent-schema-registry"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { root, temporaryFolder, until, up } from "../input/program.ts"
import type { CommandResult, Platform } from "../input/program.ts"
import { registryServer } from "../registry-clients/registry-server.ts"
import { hasKafka } from "../tools.ts"
import { sharedClusterPatience, sharedClusters } from "./shared.ts"
import { registryFront, type RegistryFront } from "./topics/registry-front.ts"
import { TopicClient } from "./topics/topic-client.ts"

// docs/how-to/kafka.md, "Another schema registry": streams of a platform whose schemas another registry has, the platform's own knowing
// no ids of them; their readers and writers are plain clients of Kafka and of that registry.

const [cluster] = sharedClusters
const patience = 240_000

describe.skipIf(!hasKafka || cluster === undefined)(
  "a platform whose streams an outside registry has",
  () => {
    const folder = temporaryFolder()
    const unique = `t${randomUUID().slice(0, 8)}`
    const own = `${unique}.`
    const [given, orders, large, clashing] = [`s${own}given`, `s${own}orders`, `s${own}large`, `s${own}clash`]
    const config = join(folder.path, "millrace.yaml")
    let platform: Platform
    let topics: TopicClient
    let outside: Awaited<ReturnType<typeof registryServer>>
    let front: RegistryFront
    let registry: SchemaRegistry
    let brokers: readonly string[] = []

    const start = (): Promise<Platform> =>
      up({
        data: join(folder.path, "data"),
        publish: ["kafka", "filter"].map((name) => join(root, "plugins", name)),
        flags: ["--config", config]
      })

    beforeAll(async () => {
      brokers = (await cluster?.bootstrap()) ?? []
      topics = new TopicClient(brokers)
      outside = await registryServer()
      front = await registryFront(outside.url)
      registry = new SchemaRegistry({
        host: outside.url,
        auth: { username: "anybody", password: outside.token }
      })
      // Ids that the platform's own registry has for something else.
      for (const name of ["A", "B", "C"])
        await register(`other-${name}`, { type: "record", name, fields: [] })
      writeFileSync(join(folder.path, "password"), outside.token)
      const schemaRegistry = { url: front.url, user: "anybody", passwordFile: "password" }
      writeFileSync(config, JSON.stringify({ kafka: { brokers, prefix: own, schemaRegistry } }))
      platform = await start()
    }, sharedClusterPatience)

    afterAll(async () => {
      await topics.close()
      await platform.stop()
      await front[Symbol.asyncDispose]()
      await outside[Symbol.asyncDispose]()
      folder.remove()
    })

    const register = async (subject: string, schema: unknown): Promise<number> => {
      const reply = await fetch(`${outside.url}/subjects/${subject}/versions`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${outside.token}` },
        body: JSON.stringify({ schema: JSON.stringify(schema) })
      })
      return Number(Object(await reply.json()).id)
    }
    const apply = (name: string, nodes: string): Promise<CommandResult> => {
      const file = join(folder.path, `${name}.pipeline.yaml`)
      writeFileSync(file, `pipeline: ${unique}-${name}\nnodes:\n${nodes}`)
      return platform.command("apply", file, "--grant")
    }
    const source = (stream: string): string => `  orders:
    source: "@millrace/kafka@^1"
    with:
      brokers: ${brokers.join(",")}
      topic: ${given}
      format: json
      record: shop.Order
      fields: { id: { type: string }, total: { type: double } }
      key: { fields: [id] }
    stream: ${stream}
    partitions: 1
`
    const write = (id: string, total: number): Promise<void> =>
      topics.write(given, [{ key: id, value: JSON.stringify({ id, total }) }])

    it(
      "refuses a stream that the registry refuses, and says when it cannot be asked",
      { timeout: patience },
      async () => {
        await topics.make(given, 1)
        await register(`${clashing}-value`, {
          type: "record",
          name: "shop.Order",
          fields: [{ name: "total", type: "string" }]
        })
        const refused = await apply("clash", source(clashing))
        assert.notEqual(refused.exit, 0)
        assert.match(
          refused.stdout + refused.stderr,
          /SCHEMA_INCOMPATIBLE[^]*the schema registry: [^]*TYPE_MISMATCH/
        )
        front.mode = "away"
        const unasked = await apply("orders", source(orders))
        assert.notEqual(unasked.exit, 0)
        assert.match(unasked.stderr, /SCHEMA_REGISTRY_UNAVAILABLE[^]*does not answer/)
        front.mode = "open"
      }
    )

    it(
      "writes its ids before values, reads what others write, and waits for it",
      { timeout: 2 * patience },
      async () => {
        const first = await apply("orders", source(orders))
        assert.equal(first.exit, 0, first.stderr)
        const second = await apply(
          "large",
          `  large:
    use: "@millrace/filter@^1"
    from: { stream: ${orders} }
    with: { where: "total > 5" }
    stream: ${large}
    partitions: 1
    compact: true
`
        )
        assert.equal(second.exit, 0, second.stderr)
        await write("a", 12.5)
        await write("b", 1)
        const seen = await topics.read(large)
        const values = async (): Promise<readonly unknown[]> => {
          // What tasks tell each other stands there, too, and has to be read by any client.
          const written = seen.flatMap(({ raw }) => raw.value ?? [])
          const all: readonly unknown[] = await Promise.all(written.map((bytes) => registry.decode(bytes)))
          return all.filter((value) => value !== null).map((value) => JSON.parse(JSON.stringify(value)))
        }
        await until(values, ({ length }) => length >= 1)
        assert.deepEqual(await values(), [{ id: "a", total: 12.5 }])

        const noted = await register(`${orders}-value`, {
          type: "record",
          name: "shop.Order",
          fields: [
            { name: "id", type: "string" },
            { name: "total", type: "double" },
            { name: "note", type: ["null", "string"], default: null }
          ]
        })
        await topics.write(orders, [
          { key: "c", value: await registry.encode(noted, { id: "c", total: 7, note: "by hand" }) }
        ])
        await until(values, ({ length }) => length >= 2)
        assert.deepEqual((await values())[1], { id: "c", total: 7 })

        await platform.stop()
        front.mode = "away"
        await write("d", 8)
        platform = await start()
        await until(
          () => platform.command("status", `${unique}-orders`),
          ({ stdout }) => /TRANSPORT_UNAVAILABLE[^]*schema registry/.test(stdout)
        )
        front.mode = "open"
        await until(values, ({ length }) => length >= 3)
        assert.deepEqual((await values())[2], { id: "d", total: 8 })
        const inOwn = await (await fetch(`${platform.url}/schema-registry/subjects`)).text()
        assert.notInclude(inOwn, `${orders}-value`)
      }
    )

    it("does not start when the config forgets the registry", { timeout: patience }, async () => {
      await platform.stop()
      writeFileSync(config, JSON.stringify({ kafka: { brokers, prefix: own } }))
      const message = await start().then(
        () => "it starts",
        (error: unknown) => String(error)
      )
      assert.include(message, "KAFKA_REGISTRY_CHANGED")
    })
  }
)
