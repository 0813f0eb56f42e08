import { randomUUID } from "node:crypto"
import type { KafkaClient } from "../../runtime/src/transport/kafka/client/kafka-client.ts"
import { kafkajsClient } from "../../runtime/src/transport/kafka/client/kafkajs-client.ts"
import { platformaticClient } from "../../runtime/src/transport/kafka/client/platformatic-client.ts"
import { textBatch } from "../../runtime/src/transport/kafka/client/testing/raw-batches.ts"
import { openCluster } from "./running-cluster.ts"

// `node test/kafka/measure.ts [ROUNDS]`: what each library's connections cost for raw batches, in CPU time of this process alone, the
// two by turns against one broker: the ratio is what can be believed.

const clients = { kafkajs: kafkajsClient, "@platformatic/kafka": platformaticClient }
/** Large batches show what bytes cost, small ones what a request costs. */
const loads = [
  { name: "large", batchRecords: 1_500, batches: 400 },
  { name: "small", batchRecords: 10, batches: 4_000 }
] as const

interface Load {
  readonly name: string
  readonly batchRecords: number
  readonly batches: number
  readonly records: Uint8Array
}

/** Records of 100 bytes. */
const recordsOf = (count: number): Uint8Array =>
  textBatch(Array.from({ length: count }, (_, index) => `${index}`.padEnd(92, "x")))

const measured = async (
  work: () => Promise<void>
): Promise<{ readonly cpu: number; readonly wall: number }> => {
  const cpu = process.cpuUsage()
  const wall = performance.now()
  await work()
  const { system, user } = process.cpuUsage(cpu)
  return { cpu: (user + system) / 1e6, wall: (performance.now() - wall) / 1e3 }
}

/** As many at a time as a client of its own would have in flight. */
const produce = async (client: KafkaClient, topic: string, { batches, records }: Load): Promise<void> => {
  let left = batches
  const one = async (): Promise<void> => {
    while (left-- > 0)
      await client.produce({
        transactionalId: null,
        timeoutMs: 30_000,
        batches: [{ topic, partition: 0, records }]
      })
  }
  await Promise.all(Array.from({ length: 5 }, one))
}

const fetchAll = async (
  client: KafkaClient,
  topic: string,
  { batchRecords, batches, records }: Load
): Promise<void> => {
  let bytes = 0
  let offset = 0n
  const request = { maxWaitMs: 1_000, minBytes: 1, maxBytes: 8_000_000, isolation: "committed" } as const
  while (bytes < batches * records.length) {
    const [fetched] = await client.fetch({ ...request, partitions: [{ topic, partition: 0, offset }] })
    if (fetched?.error !== undefined) throw fetched.error
    // Batches are all alike, and the last may be cut.
    const whole = Math.floor((fetched?.records.length ?? 0) / records.length)
    bytes += whole * records.length
    offset += BigInt(whole * batchRecords)
  }
}

const line = (
  what: string,
  library: string,
  { batchRecords, batches, name, records }: Load,
  { cpu, wall }: { readonly cpu: number; readonly wall: number }
): string => {
  const millions = (batches * batchRecords) / 1e6
  const megabytes = (batches * records.length) / 1e6
  const rates = [
    `${(millions / cpu).toFixed(2).padStart(6)} M records a CPU second`,
    `${(megabytes / cpu).toFixed(0).padStart(5)} MB a CPU second`,
    `${(batches / cpu).toFixed(0).padStart(6)} batches a CPU second`,
    `${(millions / wall).toFixed(2).padStart(5)} M records a second`
  ]
  return `${what.padEnd(8)} ${name}  ${library.padEnd(19)} ${rates.join(", ")}\n`
}

const cluster = await openCluster()
const rounds = Number(process.argv[2] ?? 3)
for (let round = 0; round < rounds; round += 1)
  for (const { batchRecords, batches, name } of loads)
    for (const [library, makeClient] of Object.entries(clients)) {
      const load = { name, batchRecords, batches, records: recordsOf(batchRecords) }
      const client = makeClient({ bootstrap: cluster.bootstrap })
      const topic = `measure-${randomUUID()}`
      await client.createTopics([{ name: topic, partitions: 1, configs: { "retention.ms": "-1" } }])
      const written = await measured(() => produce(client, topic, load))
      const read = await measured(() => fetchAll(client, topic, load))
      process.stdout.write(line("produce", library, load, written) + line("fetch", library, load, read))
      await client.deleteTopics([topic])
      await client.close()
    }
await cluster.close("hard")
process.exit(0)
