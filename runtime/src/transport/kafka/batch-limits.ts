import { BatchCursor, BatchWriter, noWatermark, openBatch, sealBatch } from "@millrace/sdk/record"
import { TransportError } from "../transport.ts"
import type { KafkaClient } from "./client/kafka-client.ts"
import { KafkaError } from "./client/kafka-error.ts"
import { writeRecordBatch } from "./record-batch/write-record-batch.ts"
import type { OutgoingFrame } from "./task-transaction.ts"

const settings = ["max.message.bytes", "segment.bytes"]
/** Where the settings may not be read, a limit is found by halving; no topic that is of use has a lower one. */
const leastBytes = 256
/** What a record is in a batch at most, beside its own bytes in a frame. */
const moreBytes = 64

/** A frame as it may be written, and its place among those that a commit has: several pieces may have one. */
export interface FittingFrame {
  readonly frame: OutgoingFrame
  readonly index: number
}

/** How large a record batch topics take, of those that have refused one: other batches are written as they are. */
export class BatchLimits {
  private readonly client: Pick<KafkaClient, "describeConfigs">
  private readonly bytes: Map<string, number> = new Map()

  constructor(client: Pick<KafkaClient, "describeConfigs">) {
    this.client = client
  }

  /** Rejects with `tooLarge` for a single record. */
  async fitting(frames: readonly OutgoingFrame[]): Promise<readonly FittingFrame[]> {
    const fitting: FittingFrame[] = []
    for (const [index, frame] of frames.entries()) {
      if (!this.fits(frame)) for (const piece of await this.cut(frame)) fitting.push({ frame: piece, index })
      else fitting.push({ frame, index })
    }
    return fitting
  }

  /** Notes what the topics of these frames take, one of which was refused for its size. */
  async learn(frames: readonly OutgoingFrame[]): Promise<TransportError> {
    const topics = [...new Set(frames.map(({ topic }) => topic))]
    const found = await this.settingsOf(topics)
    for (const [place, topic] of topics.entries()) {
      const largest = Math.max(...frames.filter((each) => each.topic === topic).map(sizeOf))
      const bytes = found[place] ?? Math.max(leastBytes, Math.floor(Math.min(largest, this.of(topic)) / 2))
      if (bytes < largest || this.bytes.has(topic)) this.bytes.set(topic, bytes)
    }
    const known = topics.filter((topic) => this.bytes.has(topic))
    return new TransportError({
      reason: "tooLarge",
      message: `Kafka: topic ${known.join(", ")} takes no batches of more than ${known.map((topic) => this.of(topic)).join(", ")} bytes: they are cut from now on`
    })
  }

  private of(topic: string): number {
    return this.bytes.get(topic) ?? Infinity
  }

  private fits(frame: OutgoingFrame): boolean {
    const limit = this.of(frame.topic)
    if (limit === Infinity) return true
    return (
      frame.frame.length + moreBytes * (openBatch(frame.frame).count + 1) <= limit || sizeOf(frame) <= limit
    )
  }

  /** A limit that was raised meanwhile is found where it matters. */
  private async cut(frame: OutgoingFrame): Promise<readonly OutgoingFrame[]> {
    const pieces = this.pieces(frame)
    if (pieces.every((piece) => this.fits(piece))) return pieces
    const [raised] = await this.settingsOf([frame.topic])
    if (raised !== undefined) this.bytes.set(frame.topic, raised)
    const cut = this.pieces(frame)
    const large = cut.find((piece) => !this.fits(piece))
    if (large === undefined) return cut
    throw new TransportError({
      reason: "tooLarge",
      message: `Kafka: a record for partition ${frame.partition} of topic ${frame.topic} comes to ${sizeOf(large)} bytes, more than the topic's max.message.bytes of ${this.of(frame.topic)}: raise it, and the pipeline goes on`
    })
  }

  private pieces(frame: OutgoingFrame): readonly OutgoingFrame[] {
    if (this.fits(frame) || openBatch(frame.frame).count < 2) return [frame]
    return halves(frame.frame).flatMap((half) => this.pieces({ ...frame, frame: half }))
  }

  /** Undefined for a topic whose settings this user may not read. */
  private async settingsOf(topics: readonly string[]): Promise<readonly (number | undefined)[]> {
    try {
      const found = await this.client.describeConfigs(topics)
      return found.map(({ configs, error }) => {
        const values = settings.map((name) => Number(configs[name] ?? Number.NaN))
        const known = values.filter((value) => value > 0)
        return error !== undefined || known.length === 0 ? undefined : Math.min(...known)
      })
    } catch (cause) {
      if (cause instanceof KafkaError) return topics.map(() => undefined)
      throw cause
    }
  }
}

/** Of the record batch; a producer's numbers take the same place whatever they are. */
function sizeOf({ frame, schemaId }: OutgoingFrame): number {
  const producer = { id: 0n, epoch: 0, baseSequence: 0 }
  return writeRecordBatch(frame, { schemaId, compression: "none", producer, transactional: true }).length
}

/** The first half of a frame's records, and the others. The batch's watermark holds behind all of them. */
function halves(frame: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const { baseTimestamp, count, partition, producer, schemaHash, sequence, watermark } = openBatch(frame)
  const half = (takes: (index: number) => boolean, after: number) => {
    const writer = new BatchWriter(undefined, frame.length)
    writer.begin(schemaHash, baseTimestamp)
    const cursor = new BatchCursor(frame)
    while (cursor.next()) if (takes(cursor.index)) writer.appendRaw(cursor)
    const bytes = writer.finish()
    sealBatch(bytes, { partition, producer, sequence, watermark: after })
    return bytes
  }
  const middle = Math.floor(count / 2)
  return [half((index) => index < middle, noWatermark), half((index) => index >= middle, watermark)]
}

const known = new WeakMap<KafkaClient, BatchLimits>()

/** What this client's cluster has refused. */
export function batchLimits(client: KafkaClient): BatchLimits {
  const limits = known.get(client) ?? new BatchLimits(client)
  known.set(client, limits)
  return limits
}
