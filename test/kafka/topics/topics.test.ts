import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { root, temporaryFolder, until, up } from "../../input/program.ts"
import type { CommandResult, Platform } from "../../input/program.ts"
import { hasKafka } from "../../tools.ts"
import { sharedClusterPatience, sharedClusters } from "../shared.ts"
import { arrived, TopicClient } from "./topic-client.ts"

// plugins/kafka as its users meet it: topics that another program writes and reads with plain kafkajs, a pipeline between them.

const [cluster] = sharedClusters
const unique = `${process.pid}-${Date.now() % 1_000_000}`

describe.skipIf(!hasKafka || cluster === undefined)("topics of a cluster that is not Millrace's own", () => {
  const folder = temporaryFolder()
  let brokers = ""
  let platform: Platform
  let topics: TopicClient

  beforeAll(async () => {
    const bootstrap = (await cluster?.bootstrap()) ?? []
    brokers = bootstrap.join(",")
    topics = new TopicClient(bootstrap)
    platform = await up({
      data: join(folder.path, "data"),
      publish: ["kafka", "filter"].map((name) => join(root, "plugins", name))
    })
  }, sharedClusterPatience)

  afterAll(async () => {
    await topics.close()
    await platform.stop()
    folder.remove()
  })

  const apply = (name: string, text: string, ...flags: readonly string[]): Promise<CommandResult> => {
    const file = join(folder.path, `${name}.pipeline.yaml`)
    writeFileSync(file, text)
    return platform.command("apply", file, ...flags)
  }

  it(
    "go through a pipeline as JSON, with keys, headers, times and deletes",
    { timeout: 240_000 },
    async () => {
      const [from, to] = [`orders-${unique}`, `good-orders-${unique}`]
      await Promise.all([topics.make(from, 3), topics.make(to, 2)])
      await topics.write(from, [
        {
          key: "a",
          value: '{"id":"a","total":12.5,"at":"2026-01-31T12:00:00Z"}',
          headers: { who: "web" },
          timestamp: "1700000000000"
        },
        { key: "b", value: '{"id":"b","total":1,"at":"2026-01-31T12:00:00Z"}', timestamp: "1700000001000" },
        { key: "c", value: "no JSON", timestamp: "1700000002000" },
        { key: "a", value: null, timestamp: "1700000003000" }
      ])
      const applied = await apply(
        "orders",
        `pipeline: orders
nodes:
  orders:
    source: "@millrace/kafka@^1"
    with:
      brokers: ${brokers}
      topic: ${from}
      format: json
      record: shop.Order
      fields:
        id: { type: string }
        total: { type: double }
        at: { type: { type: long, logicalType: timestamp-millis } }
      key: { fields: [id] }
      group: lag-${unique}
  large: { use: "@millrace/filter@^1", from: orders, with: { where: "total > 5" } }
  out:
    sink: "@millrace/kafka@^1"
    from: large
    with: { brokers: "${brokers}", topic: ${to}, format: json }
`,
        "--grant"
      )
      assert.equal(applied.exit, 0, applied.stderr)
      const seen = await topics.read(to)
      await arrived(seen, 2)
      await topics.write(from, [
        { key: "d", value: '{"id":"d","total":99,"at":0}', timestamp: "1700000004000" }
      ])
      await arrived(seen, 3)
      const known = seen.toSorted((one, other) => one.timestamp - other.timestamp)
      assert.deepEqual(
        known.map(({ key, timestamp, value }) => [key, value, timestamp]),
        [
          ["a", '{"id":"a","total":12.5,"at":"2026-01-31T12:00:00.000Z"}', 1_700_000_000_000],
          ["a", null, 1_700_000_003_000],
          ["d", '{"id":"d","total":99,"at":"1970-01-01T00:00:00.000Z"}', 1_700_000_004_000]
        ]
      )
      assert.equal(known[0]?.headers["who"], "web")
      assert.equal(known[0]?.partition, known[1]?.partition)
      const letters = await platform.command("dlq", "list", "orders")
      assert.match(letters.stdout, /KAFKA_NOT_JSON/)
      await until(
        () => topics.committed(`lag-${unique}`, from),
        (sum) => sum === 5
      )
    }
  )

  it(
    "go through as text and bytes; partitions that are added are read too",
    { timeout: 240_000 },
    async () => {
      const [from, to] = [`lines-${unique}`, `bytes-${unique}`]
      await Promise.all([topics.make(from, 1), topics.make(to, 1)])
      await topics.write(from, [{ value: "aborted" }], "abort")
      await topics.write(from, [{ key: "k", value: "grüße" }, { value: "" }], "commit")
      const applied = await apply(
        "lines",
        `pipeline: lines
nodes:
  lines:
    source: "@millrace/kafka@^1"
    with: { brokers: "${brokers}", topic: ${from}, format: raw, valueField: body, key: { fields: [key], nullable: true } }
  out:
    sink: "@millrace/kafka@^1"
    from: lines
    with: { brokers: "${brokers}", topic: ${to}, format: raw, valueField: body, compression: gzip, delivery: at-least-once, idHeader: id }
`,
        "--grant"
      )
      assert.equal(applied.exit, 0, applied.stderr)
      const seen = await topics.read(to)
      await arrived(seen, 2)
      assert.deepEqual(
        seen.map(({ key, value }) => [key, value]),
        [
          ["k", "grüße"],
          [null, ""]
        ]
      )
      assert.isAbove(seen[0]?.headers["id"]?.length ?? 0, 0)
      await topics.grow(from, 2)
      await topics.write(from, [{ value: "added", partition: 1 }])
      await arrived(seen, 3)
      assert.equal(seen[2]?.value, "added")
    }
  )

  it("are not reached without a grant, and only what was granted is", { timeout: 150_000 }, async () => {
    const text = (topic: string): string => `pipeline: taken
nodes:
  lines:
    source: "@millrace/kafka@^1"
    with: { brokers: "${brokers}", topic: ${topic}, format: string }
  out:
    sink: "@millrace/kafka@^1"
    from: lines
    with: { brokers: "${brokers}", topic: ${topic}-out, format: string }
`
    const refused = await apply("taken", text(`secret-${unique}`))
    assert.notEqual(refused.exit, 0)
    const said = refused.stdout + refused.stderr
    assert.include(said, `read the topic secret-${unique} of the Kafka cluster at ${brokers}`)
    assert.include(said, `write the topic secret-${unique}-out of the Kafka cluster at ${brokers}`)
  })

  it("wait for a topic that is not there, and say so", { timeout: 150_000 }, async () => {
    const topic = `late-${unique}`
    await topics.make(`${topic}-out`, 1)
    const applied = await apply(
      "late",
      `pipeline: late
nodes:
  lines:
    source: "@millrace/kafka@^1"
    with: { brokers: "${brokers}", topic: ${topic}, format: string }
  out:
    sink: "@millrace/kafka@^1"
    from: lines
    with: { brokers: "${brokers}", topic: ${topic}-out, format: string }
`,
      "--grant"
    )
    assert.equal(applied.exit, 0, applied.stderr)
    await until(
      () => platform.command("status", "late"),
      ({ stdout }) => stdout.includes("TOPIC_MISSING")
    )
    await topics.make(topic, 1)
    await topics.write(topic, [{ value: "at last" }])
    const seen = await topics.read(`${topic}-out`)
    await arrived(seen, 1)
    assert.equal(seen[0]?.value, "at last")
  })
})
