import { crc32 } from "node:zlib"
import { BatchCursor } from "@millrace/sdk/record"
import avsc from "avsc"
import type { KafkaClient } from "../../../runtime/src/transport/kafka/client/kafka-client.ts"
import { readRecordBatches } from "../../../runtime/src/transport/kafka/record-batch/read-record-batches.ts"
import { bidSchema, nthBid } from "../bid.ts"

/** What a topic holds, whatever the order. */
export interface Content {
  readonly records: number
  /** Sum of the CRC-32 of all values, Avro alone; modulo 2^48. */
  readonly sum: number
}

export interface TopicContent extends Content {
  /** Bytes of the values, Avro alone. */
  readonly bytes: number
  /** By partition: the offset after the last record. */
  readonly ends: readonly bigint[]
  /** What stands before the values as their schema. */
  readonly schemaId: number
}

const modulus = 2 ** 48
const noHash = new Uint8Array(32)

export const discounted = (price: number): number => Math.round(price * 0.908)

/** What has to come of the first so many bids, by avsc alone. */
export const expectedContent = (count: number): Content => {
  const type = avsc.Type.forSchema(JSON.parse(JSON.stringify(bidSchema)))
  const buffer = Buffer.alloc(4_096)
  let sum = 0
  for (let place = 0; place < count; place++) {
    const bid = nthBid(place)
    const end = type.encode({ ...bid, price: discounted(bid.price) }, buffer)
    sum = (sum + crc32(buffer.subarray(0, end))) % modulus
  }
  return { records: count, sum }
}

/** Reads all that is committed in a topic; `null` values, which tell the end of a stream, are no records. */
export const readTopic = async (
  client: KafkaClient,
  topic: string,
  partitions: number
): Promise<TopicContent> => {
  const places = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))
  const stable = await client.listOffsets(places, "lastStable")
  const ends: bigint[] = []
  let [bytes, records, schemaId, sum] = [0, 0, 0, 0]
  for (const { offset: end, partition } of stable) {
    let last = 0n
    for (let offset = 0n; offset < end;) {
      const [fetched] = await client.fetch({
        partitions: [{ topic, partition, offset }],
        maxWaitMs: 1_000,
        minBytes: 1,
        maxBytes: 4 << 20,
        isolation: "committed"
      })
      if (fetched === undefined || fetched.error !== undefined) throw fetched?.error ?? new Error("no answer")
      const read = readRecordBatches(fetched.records, {
        from: offset,
        aborted: fetched.aborted,
        schemaHash: () => noHash
      })
      for (const item of read.items) {
        if (item.kind === "refused") throw new Error(`${topic}@${item.offset}: ${item.reason}`)
        if (item.kind === "marker") continue
        const cursor = new BatchCursor(item.frame)
        while (cursor.next()) {
          last = item.offset + BigInt(cursor.index)
          if (cursor.isControl || cursor.isTombstone) continue
          schemaId = item.schemaId ?? schemaId
          records += 1
          bytes += cursor.valueEnd - cursor.valueStart
          sum = (sum + crc32(item.frame.subarray(cursor.valueStart, cursor.valueEnd))) % modulus
        }
      }
      offset = read.next
    }
    ends[partition] = last + 1n
  }
  return { bytes, ends, records, schemaId, sum }
}
