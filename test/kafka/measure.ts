import { randomUUID } from "node:crypto"
import type { KafkaClient } from "../../runtime/src/transport/kafka/client/kafka-client.ts"
import { kafkajsClient } from "../../runtime/src/transport/kafka/client/kafkajs-client.ts"
import { platformaticClient } from "../../runtime/src/transport/kafka/client/platformatic-client.ts"
import { textBatch } from "../../runtime/src/transport/kafka/client/testing/raw-batches.ts"
import { openCluster } from "./running-cluster.ts"

// `node test/kafka/measure.ts [ROUNDS]`: what each library's connections cost for raw batches, in CPU time of this process alone, the
// two by turns against one broker: the ratio is what can be believed.

const clients = { kafkajs: kafkajsClient, "@platformatic/kafka": platformaticClient }
const batchRecords = 1_500
const batches = 400
/** A record of 100 bytes. */
const records = textBatch(Array.from({ length: batchRecords }, (_, index) => `${index}`.padEnd(92, "x")))

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
const produce = async (client: KafkaClient, topic: string): Promise<void> => {
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

const fetchAll = async (client: KafkaClient, topic: string): Promise<void> => {
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
  { cpu, wall }: { readonly cpu: number; readonly wall: number }
): string => {
  const count = batches * batchRecords
  const megabytes = (batches * records.length) / 1e6
  return `${what.padEnd(8)}${library.padEnd(21)}${(count / cpu / 1e6).toFixed(1).padStart(6)} M records, ${(megabytes / cpu).toFixed(0).padStart(5)} MB a CPU second; ${(count / wall / 1e6).toFixed(1).padStart(5)} M records a second\n`
}

const cluster = await openCluster()
const rounds = Number(process.argv[2] ?? 3)
for (let round = 0; round < rounds; round += 1)
  for (const [library, makeClient] of Object.entries(clients)) {
    const client = makeClient({ bootstrap: cluster.bootstrap })
    const topic = `measure-${randomUUID()}`
    await client.createTopics([{ name: topic, partitions: 1, configs: { "retention.ms": "-1" } }])
    process.stdout.write(line("produce", library, await measured(() => produce(client, topic))))
    process.stdout.write(line("fetch", library, await measured(() => fetchAll(client, topic))))
    await client.deleteTopics([topic])
    await client.close()
  }
await cluster.close("hard")
process.exit(0)
