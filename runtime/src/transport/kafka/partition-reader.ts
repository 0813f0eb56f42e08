import * as Effect from "effect/Effect"
import { TransportError } from "../transport.ts"
import type { LogBatch, TransportShape } from "../transport.ts"
import { offsetDropped } from "./client/error-kinds.ts"
import type { FetchedPartition, KafkaClient } from "./client/kafka-client.ts"
import { logBatches } from "./fetched-batches.ts"
import { asking, kafkaFailure } from "./kafka-failure.ts"
import { readRecordBatches } from "./record-batch/read-record-batches.ts"
import type { ReadBatches } from "./record-batch/read-result.ts"
import type { IdTopic, SchemaIds } from "./schema-ids.ts"

/** How long a broker waits for records; nobody is kept from anything meanwhile. */
const waitMs = 500
const leastBytes = 64 * 1024
const schemaHashAt = 48

/** What readers of all partitions have in common. */
export interface ReaderParts {
  readonly client: KafkaClient
  readonly ids: SchemaIds
  readonly local: Pick<TransportShape, "putSchema">
  /** Hash of a schema's text by its id: of the platform's own topics, and of named streams. */
  readonly hashes: SchemaHashes
}

export interface SchemaHashes {
  readonly own: Map<number, Uint8Array>
  readonly streams: Map<number, Uint8Array>
}

export const hashesOf = ({ own, streams }: SchemaHashes, { internal }: IdTopic): Map<number, Uint8Array> =>
  internal ? own : streams

/**
 * Reads one partition, committed records alone. What was fetched stands ready until it was read, so that a wait is the fetch of what
 * it waited for.
 */
export class PartitionReader {
  private readonly parts: ReaderParts
  private readonly place: IdTopic
  private readonly topic: string
  private readonly partition: number
  private ready: readonly LogBatch[] = []
  /** From where to where all that there is is {@link ready}. */
  private readyFrom = 0n
  private readyEnd = -1n
  private readFrom = ""

  constructor(parts: ReaderParts, place: IdTopic, partition: number) {
    this.parts = parts
    this.place = place
    this.topic = place.kafkaTopic
    this.partition = partition
  }

  /** Which topic of this name was read last, by its id in Kafka; empty before the first. */
  get topicId(): string {
    return this.readFrom
  }

  /** Batches from `offset` on; none where there is nothing yet. */
  read(offset: bigint, maxBytes: number): Effect.Effect<readonly LogBatch[], TransportError> {
    return Effect.suspend(() => {
      const ready = this.from(offset, maxBytes)
      if (ready.length > 0) return Effect.succeed(ready)
      return Effect.map(this.fetch(offset, maxBytes, 0), () => this.from(offset, maxBytes))
    })
  }

  /** Waits until there is something at `offset`. */
  waitFor(offset: bigint): Effect.Effect<void, TransportError> {
    return Effect.suspend(() => {
      if (this.from(offset, 1).length > 0) return Effect.void
      return Effect.flatMap(this.fetch(offset, leastBytes, waitMs), () => this.waitFor(offset))
    })
  }

  private from(offset: bigint, maxBytes: number): readonly LogBatch[] {
    const batches: LogBatch[] = []
    let bytes = 0
    if (offset >= this.readyEnd || offset < this.readyFrom) return batches
    for (const [place, batch] of this.ready.entries()) {
      const end = this.ready[place + 1]?.baseOffset ?? this.readyEnd
      if (end <= offset) continue
      if (batches.length > 0 && bytes + batch.frame.length > maxBytes) break
      bytes += batch.frame.length
      batches.push(batch)
    }
    return batches
  }

  /** Fetches from `offset` on, a batch that is larger than `maxBytes` whole. */
  private readonly fetch = Effect.fnUntraced(
    { self: this },
    function* (
      this: PartitionReader,
      offset: bigint,
      maxBytes: number,
      maxWaitMs: number
    ): Effect.fn.Return<void, TransportError> {
      const { client } = this.parts
      const wanted = Math.max(maxBytes, leastBytes)
      const [fetched] = yield* asking(() =>
        client.fetch({
          partitions: [{ topic: this.topic, partition: this.partition, offset }],
          maxWaitMs,
          minBytes: 1,
          maxBytes: wanted,
          isolation: "committed",
          lane: `${this.topic}/${this.partition}/${maxWaitMs === 0 ? "now" : "wait"}`
        })
      )
      if (fetched === undefined) return
      if (fetched.error !== undefined) return yield* this.refused(fetched, offset)
      if (fetched.topicId !== this.readFrom) this.readyEnd = -1n
      this.readFrom = fetched.topicId
      const read = yield* Effect.try({
        try: () =>
          readRecordBatches(fetched.records, {
            from: offset,
            aborted: fetched.aborted,
            schemaHash: (id) => hashesOf(this.parts.hashes, this.place).get(id)
          }),
        catch: kafkaFailure
      })
      if (read.next === offset) return
      yield* this.fillHashes(read)
      this.ready = yield* Effect.try({
        try: () =>
          logBatches(
            {
              topic: this.topic,
              isStream: !this.place.internal,
              isUnknown: (id) => !hashesOf(this.parts.hashes, this.place).has(id)
            },
            offset,
            read
          ),
        catch: kafkaFailure
      })
      this.readyFrom = offset
      this.readyEnd = read.next
    }
  )

  /** Where what was asked for is dropped already, the first that is kept is ready. Fails with `topicReset` where it never was. */
  private refused(fetched: FetchedPartition, offset: bigint): Effect.Effect<void, TransportError> {
    const { error } = fetched
    if (error?.kind !== offsetDropped) return Effect.fail(kafkaFailure(error))
    return Effect.gen({ self: this }, function* () {
      const first = yield* this.bound("earliest")
      if (first > offset) {
        yield* this.fetch(first, leastBytes, 0)
        this.readyFrom = offset
        return
      }
      const end = yield* this.bound("latest")
      if (end < offset) return yield* topicReset(this.topic, this.partition, offset, end)
    })
  }

  private bound(at: "earliest" | "latest"): Effect.Effect<bigint, TransportError> {
    const { client } = this.parts
    return Effect.map(
      asking(() => client.listOffsets([{ topic: this.topic, partition: this.partition }], at)),
      ([found]) => found?.offset ?? 0n
    )
  }

  /** Frames whose schema's hash was not known yet are given it. */
  private fillHashes({ items }: ReadBatches): Effect.Effect<void, TransportError> {
    return Effect.forEach(
      items,
      (item) => {
        if (item.kind !== "frame" || item.hasSchemaHash || item.schemaId === undefined) return Effect.void
        return Effect.map(this.hashOf(item.schemaId), (hash) => {
          if (hash !== undefined) item.frame.set(hash, schemaHashAt)
        })
      },
      { discard: true }
    )
  }

  private hashOf(id: number): Effect.Effect<Uint8Array | undefined, TransportError> {
    const hashes = hashesOf(this.parts.hashes, this.place)
    const known = hashes.get(id)
    if (known !== undefined) return Effect.succeed(known)
    return Effect.gen({ self: this }, function* () {
      const text = yield* this.parts.ids.textOf(this.place, id)
      if (text === undefined) return undefined
      const hash = yield* this.parts.local.putSchema(text)
      hashes.set(id, hash)
      return hash
    })
  }
}

const topicReset = (topic: string, partition: number, offset: bigint, end: bigint): TransportError =>
  new TransportError({
    reason: "topicReset",
    message: `Kafka: partition ${partition} of topic ${topic} ends at offset ${end}, and was read up to ${offset}: the topic was deleted and made anew, or its end is lost. Set the pipeline back to what there is, by 'millrace pipeline reset PIPELINE --to 0'`
  })
