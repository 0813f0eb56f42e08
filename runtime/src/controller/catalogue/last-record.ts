import { BatchCursor } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { Transport } from "../../transport/transport.ts"

/** What is at the end of a topic. */
export interface TopicEnd {
  /** Records of all partitions, control records included. */
  readonly records: bigint
  /** The highest timestamp among each partition's last batches; undefined when there is no record. */
  readonly lastRecordAt: number | undefined
}

/** Batches that are looked at from the end of a partition backwards: what marks idleness and ends holds no record. */
const maxBatches = 8

/** Counts a topic's records and looks at the newest. */
export const topicEnd = Effect.fnUntraced(function* (topic: string, partitions: number) {
  const transport = yield* Transport
  let records = 0n
  let lastRecordAt: number | undefined
  for (let partition = 0; partition < partitions; partition++) {
    const end = yield* transport.end(topic, partition)
    records += end
    const time = yield* lastTime(topic, partition, end)
    if (time !== undefined) lastRecordAt = Math.max(lastRecordAt ?? time, time)
  }
  return { records, lastRecordAt } satisfies TopicEnd
})

const lastTime = Effect.fnUntraced(function* (topic: string, partition: number, end: bigint) {
  const transport = yield* Transport
  let before = end
  for (let looked = 0; looked < maxBatches && before > 0n; looked++) {
    const [batch] = yield* transport.read(topic, partition, before - 1n, 1)
    if (batch === undefined) return undefined
    const time = newestIn(batch.frame)
    if (time !== undefined) return time
    before = batch.baseOffset
  }
  return undefined
})

const newestIn = (frame: Uint8Array): number | undefined => {
  const cursor = new BatchCursor(frame)
  let newest: number | undefined
  while (cursor.next()) if (!cursor.isControl) newest = Math.max(newest ?? cursor.timestamp, cursor.timestamp)
  return newest
}
