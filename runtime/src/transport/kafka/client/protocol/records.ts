import type { AbortedTransaction } from "../kafka-client.ts"
import type { Api, PartitionCode, TopicGroup } from "./api.ts"

/** What a request says of time: Kafka's special timestamps. */
export const offsetsAt = { earliest: -2n, latest: -1n } as const

export const isolationLevels = { uncommitted: 0, committed: 1 } as const

interface Placed {
  readonly partition: number
  readonly leaderEpoch: number
}

export const listOffsetsApi: Api<
  {
    readonly isolation: number
    readonly topics: readonly TopicGroup<Placed & { readonly timestamp: bigint }>[]
  },
  readonly (PartitionCode & { readonly offset: bigint })[]
> = {
  key: 2,
  version: 5,
  name: "ListOffsets",
  isFlexible: false,
  isWrite: false,
  write: (writer, { isolation, topics }) =>
    writer
      .int32(-1)
      .int8(isolation)
      .array(topics, ({ items, topic }) =>
        writer
          .string(topic)
          .array(items, ({ leaderEpoch, partition, timestamp }) =>
            writer.int32(partition).int32(leaderEpoch).int64(timestamp)
          )
      ),
  read: (reader) => {
    reader.int32()
    return reader
      .array(() => {
        const topic = reader.string()
        return reader.array(() => {
          const head = { topic, partition: reader.int32(), code: reader.int16() }
          reader.int64()
          const offset = reader.int64()
          reader.int32()
          return { ...head, offset }
        })
      })
      .flat()
  }
}

export interface FetchAnswer extends Omit<PartitionCode, "topic"> {
  readonly topicId: string
  readonly highWatermark: bigint
  readonly lastStableOffset: bigint
  readonly logStart: bigint
  readonly aborted: readonly AbortedTransaction[]
  readonly records: Uint8Array
}

/** Version 13 names topics by their ids, so that one that was made anew under its name is not taken for the one before. No fetch session is kept. */
export const fetchApi: Api<
  {
    readonly maxWaitMs: number
    readonly minBytes: number
    readonly maxBytes: number
    readonly isolation: number
    readonly topics: readonly TopicGroup<
      Placed & { readonly topicId: string; readonly offset: bigint; readonly maxBytes: number }
    >[]
  },
  { readonly code: number; readonly partitions: readonly FetchAnswer[] }
> = {
  key: 1,
  version: 13,
  name: "Fetch",
  isFlexible: true,
  isWrite: false,
  write: (writer, { isolation, maxBytes, maxWaitMs, minBytes, topics }) =>
    writer
      .int32(-1)
      .int32(maxWaitMs)
      .int32(minBytes)
      .int32(maxBytes)
      .int8(isolation)
      // Session 0 at epoch -1: none.
      .int32(0)
      .int32(-1)
      .array(topics, ({ items }) =>
        writer
          .uuid(items[0]?.topicId ?? "")
          .array(items, (item) =>
            writer
              .int32(item.partition)
              .int32(item.leaderEpoch)
              .int64(item.offset)
              .int32(-1)
              .int64(-1n)
              .int32(item.maxBytes)
              .end()
          )
          .end()
      )
      .array([], () => undefined)
      .string("")
      .end(),
  read: (reader) => {
    reader.int32()
    const code = reader.int16()
    reader.int32()
    const topics = reader.array(() => {
      const topicId = reader.uuid()
      const partitions = reader.array(() => {
        const head = {
          topicId,
          partition: reader.int32(),
          code: reader.int16(),
          highWatermark: reader.int64(),
          lastStableOffset: reader.int64(),
          logStart: reader.int64(),
          aborted: reader.array(() => {
            const aborted = { producerId: reader.int64(), firstOffset: reader.int64() }
            reader.end()
            return aborted
          })
        }
        reader.int32()
        const answer = { ...head, records: reader.bytes() }
        reader.end()
        return answer
      })
      reader.end()
      return partitions
    })
    return { code, partitions: topics.flat() }
  }
}

export interface ProduceAnswer extends PartitionCode {
  readonly baseOffset: bigint
  readonly said: string | null
}

export const produceApi: Api<
  {
    readonly transactionalId: string | null
    readonly timeoutMs: number
    readonly topics: readonly TopicGroup<{ readonly partition: number; readonly records: Uint8Array }>[]
  },
  readonly ProduceAnswer[]
> = {
  key: 0,
  version: 8,
  name: "Produce",
  isFlexible: false,
  isWrite: true,
  write: (writer, { timeoutMs, topics, transactionalId }) =>
    writer
      .string(transactionalId)
      // All copies that are in sync.
      .int16(-1)
      .int32(timeoutMs)
      .array(topics, ({ items, topic }) =>
        writer.string(topic).array(items, ({ partition, records }) => writer.int32(partition).bytes(records))
      ),
  read: (reader) =>
    reader
      .array(() => {
        const topic = reader.string()
        return reader.array(() => {
          const head = { topic, partition: reader.int32(), code: reader.int16(), baseOffset: reader.int64() }
          reader.int64()
          reader.int64()
          const faults = reader.array(() => {
            reader.int32()
            return reader.nullableString()
          })
          const said = reader.nullableString()
          return { ...head, said: said ?? faults[0] ?? null }
        })
      })
      .flat()
}
