import { defineSink, type FailedRecord, type Http, kafka, type KafkaRecord, parseAvro } from "@millrace/sdk"
import { registryHttp } from "../avro/registry-config.ts"
import { avroEncoders } from "./avro-encoders.ts"
import { SinkConfig } from "./config.ts"
import { sinkContract } from "./contract.ts"
import { isFailed, toKafka, type ToKafka } from "./outgoing.ts"
import { pack, publishPending, Token, withPublication } from "./token.ts"

/**
 * Writes records to a topic of Kafka, exactly once: a batch is first part of the commit, and then published in a transaction that also
 * says so, by which it is known again after a crash at any moment.
 */
export const kafkaSink = defineSink({
  name: "kafka-sink",
  description: "Writes records to a topic of a Kafka cluster, exactly once.",
  config: SinkConfig,
  uses: { topic: kafka.write(), registry: registryHttp(["GET", "POST"]) },
  derive: ({ config, inputs }) => sinkContract(config, inputs["input"]),
  batch: { maxRecords: 5_000, maxDelayMs: 200 },
  *write(batch, { config, id, now, partition, registry, schema, token, topic }) {
    const { compression = "none", delivery = "exactly-once" } = config
    const before: Token = token ?? { run: `${id} ${now}`, next: 0, pending: [] }
    if (batch.length === 0) return { token: before, failed: [] }
    const { failed, records } = outgoing(yield* writerOf(config, schema, registry), batch, now)
    if (records.length === 0) return { token: before, failed }
    if (delivery === "at-least-once") {
      yield* topic.send(partition, pack(records), compression)
      return { token: before, failed }
    }
    // A topic that is not there is better known before its records are part of the commit.
    if (token === undefined) yield* topic.partitions()
    const published = before.pending.length === 0 ? -1 : yield* topic.published(partition, before.run)
    return { token: withPublication(before, published, pack(records)), failed }
  },
  transaction: {
    token: Token,
    *commit(token, { config, partition, topic }) {
      yield* publishPending(topic, partition, config.compression ?? "none", token)
    },
    *recover(token, { config, partition, topic }) {
      if (token !== undefined) yield* publishPending(topic, partition, config.compression ?? "none", token)
    }
  }
})

const outgoing = (write: ToKafka, batch: readonly Parameters<ToKafka>[0][], now: number) => {
  const records: KafkaRecord[] = []
  const failed: FailedRecord[] = []
  for (const [index, record] of batch.entries()) {
    const one = write(record, index, now)
    if (one === undefined) continue
    if (isFailed(one)) failed.push(one)
    else records.push(one)
  }
  return { records, failed }
}

let last: { readonly config: SinkConfig; readonly schema: string; readonly write: ToKafka } | undefined

/** Made once for a config and a schema, and then the registry is asked; the memory may vanish. */
function* writerOf(config: SinkConfig, schema: string, registry: Http) {
  if (last !== undefined && last.config === config && last.schema === schema) return last.write
  const parsed = parseAvro(schema)
  if ("error" in parsed) throw parsed.error
  const write = toKafka(config, parsed.ok, yield* avroEncoders(config, parsed.ok, registry))
  last = { config, schema, write }
  return write
}
