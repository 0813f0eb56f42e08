import { openBatch } from "@millrace/sdk/record"
import { TransportError } from "../transport.ts"
import { batchLimits, type FittingFrame } from "./batch-limits.ts"
import { tooLarge } from "./client/error-kinds.ts"
import { KafkaError } from "./client/kafka-error.ts"
import type { CommittedOffset, KafkaClient, TopicPartition, TxnProducer } from "./client/kafka-client.ts"
import { writeRecordBatch } from "./record-batch/write-record-batch.ts"

/** A frame on its way into a topic of Kafka. */
export interface OutgoingFrame extends TopicPartition {
  readonly frame: Uint8Array
  /** In the schema registry. */
  readonly schemaId: number
  /** Whether the topic is compacted, and control records need keys; default: they do not. */
  readonly isCompacted?: boolean
}

/** What of its input a group has read. */
export interface GroupOffsets {
  readonly name: string
  readonly offsets: readonly CommittedOffset[]
}

/** Who reads committed records waits so long for a transaction whose task has died and is not opened again. */
const transactionMs = 30_000
const produceMs = 10_000

/**
 * The transactional producer of one task: one transaction a commit. Whoever opens the task next has its id, and fences this one. After a
 * failure that leaves open what became of a transaction it is not to be used any more: KAFKA-17754, a late answer could end the next one.
 */
export class TaskTransaction {
  private readonly client: KafkaClient
  private readonly producer: TxnProducer
  private readonly sequences: Map<string, number> = new Map()

  private constructor(client: KafkaClient, producer: TxnProducer) {
    this.client = client
    this.producer = producer
  }

  /** Takes the id over: what the one before left open is aborted, or carried to its end where that was decided. */
  static async open(client: KafkaClient, transactionalId: string): Promise<TaskTransaction> {
    const producer = await client.initProducerId(transactionalId, transactionMs)
    return new TaskTransaction(client, { ...producer, transactionalId })
  }

  get producerId(): bigint {
    return this.producer.producerId
  }

  /** Writes the frames and the group's offsets in one transaction; answers the offset after each frame. */
  async commit(frames: readonly OutgoingFrame[], group: GroupOffsets): Promise<readonly bigint[]> {
    const began = clocks()
    try {
      return await this.write(frames, group)
    } catch (cause) {
      const passed = Math.max(...clocks().map((now, index) => now - (began[index] ?? now)))
      throw cause instanceof KafkaError && cause.fenced && passed >= transactionMs ? givenUp(cause) : cause
    }
  }

  private async write(frames: readonly OutgoingFrame[], group: GroupOffsets): Promise<readonly bigint[]> {
    const { client, producer } = this
    const fitting = await batchLimits(client).fitting(frames)
    const hasOffsets = group.offsets.length > 0
    const places = new Map(
      frames.map(({ partition, topic }) => [`${topic}/${partition}`, { topic, partition }])
    )
    // What does not wait for each other goes together; the coordinator takes the first two in this order.
    await Promise.all([
      client.addPartitionsToTxn(producer, [...places.values()]),
      hasOffsets ? client.addOffsetsToTxn(producer, group.name) : undefined
    ])
    const [ends] = await Promise.all([
      this.produce(fitting),
      hasOffsets ? client.txnOffsetCommit(producer, group.name, group.offsets) : undefined
    ])
    await client.endTxn(producer, "commit")
    return ends
  }

  private async produce(frames: readonly FittingFrame[]): Promise<readonly bigint[]> {
    const { client, producer } = this
    const ends: bigint[] = []
    for (const round of roundsOf(frames)) {
      const batches = round.map(({ frame, index }) => ({ index, ...this.batchOf(frame) }))
      const produced = await client
        .produce({
          transactionalId: producer.transactionalId,
          batches: batches.map(({ partition, records, topic }) => ({ topic, partition, records })),
          timeoutMs: produceMs
        })
        .catch(async (cause: unknown) => {
          if (cause instanceof KafkaError && tooLarge.has(cause.kind))
            throw await batchLimits(client).learn(round.map(({ frame }) => frame))
          throw cause
        })
      for (const { count, index, partition, topic } of batches) {
        const base = produced.find((each) => each.topic === topic && each.partition === partition)?.baseOffset
        ends[index] = (base ?? -1n) + BigInt(count)
      }
    }
    return ends
  }

  private batchOf({ frame, isCompacted = false, partition, schemaId, topic }: OutgoingFrame) {
    const { count } = openBatch(frame)
    const place = `${topic}/${partition}`
    const baseSequence = this.sequences.get(place) ?? 0
    // The protocol's are 31 bits.
    this.sequences.set(place, (baseSequence + count) % 0x8000_0000)
    const { producerEpoch: epoch, producerId: id } = this.producer
    const records = writeRecordBatch(frame, {
      schemaId,
      compression: "none",
      producer: { id, epoch, baseSequence },
      transactional: true,
      compacted: isCompacted
    })
    return { topic, partition, records, count }
  }
}

/** Of a process that was stopped, and of a machine that slept. */
const clocks = (): readonly number[] => [performance.now(), Date.now()]

/** A coordinator fences who has a transaction open for too long, though nobody has taken over. */
const givenUp = ({ message }: KafkaError): TransportError =>
  new TransportError({
    reason: "unavailable",
    message: `Kafka: a transaction was open for more than ${transactionMs / 1_000} s, and was given up: ${message}`
  })

/** A request has one batch for each partition: what has several goes in several. */
function roundsOf(frames: readonly FittingFrame[]) {
  const rounds: FittingFrame[][] = []
  const used = new Map<string, number>()
  for (const { frame, index } of frames) {
    const place = `${frame.topic}/${frame.partition}`
    const round = used.get(place) ?? 0
    used.set(place, round + 1)
    rounds[round] = [...(rounds[round] ?? []), { frame, index }]
  }
  return rounds
}
