import type { CommittedOffset, GroupMember, Producer, TopicPartition, TxnProducer } from "../kafka-client.ts"
import { byTopic } from "./api.ts"
import type { Api, PartitionCode } from "./api.ts"

export const initProducerIdApi: Api<
  { readonly transactionalId: string | null; readonly timeoutMs: number },
  { readonly code: number; readonly producer: Producer }
> = {
  key: 22,
  version: 4,
  name: "InitProducerId",
  isFlexible: true,
  // One that was carried out unseen has bumped the epoch once more, which does no harm: it is asked again.
  isWrite: false,
  write: (writer, { timeoutMs, transactionalId }) =>
    writer.string(transactionalId).int32(timeoutMs).int64(-1n).int16(-1).end(),
  read: (reader) => {
    reader.int32()
    return {
      code: reader.int16(),
      producer: { producerId: reader.int64(), producerEpoch: reader.int16() }
    }
  }
}

export const addPartitionsToTxnApi: Api<
  { readonly producer: TxnProducer; readonly partitions: readonly TopicPartition[] },
  readonly PartitionCode[]
> = {
  key: 24,
  version: 2,
  name: "AddPartitionsToTxn",
  isFlexible: false,
  isWrite: true,
  write: (writer, { partitions, producer }) =>
    writer
      .string(producer.transactionalId)
      .int64(producer.producerId)
      .int16(producer.producerEpoch)
      .array(byTopic(partitions), ({ items, topic }) =>
        writer.string(topic).array(items, ({ partition }) => writer.int32(partition))
      ),
  read: (reader) => {
    reader.int32()
    return reader
      .array(() => {
        const topic = reader.string()
        return reader.array(() => ({ topic, partition: reader.int32(), code: reader.int16() }))
      })
      .flat()
  }
}

export const addOffsetsToTxnApi: Api<{ readonly producer: TxnProducer; readonly group: string }, number> = {
  key: 25,
  version: 2,
  name: "AddOffsetsToTxn",
  isFlexible: false,
  isWrite: true,
  write: (writer, { group, producer }) =>
    writer
      .string(producer.transactionalId)
      .int64(producer.producerId)
      .int16(producer.producerEpoch)
      .string(group),
  read: (reader) => {
    reader.int32()
    return reader.int16()
  }
}

/** Version 3 names the member, so that one of a generation that has passed is refused. */
export const txnOffsetCommitApi: Api<
  {
    readonly producer: TxnProducer
    readonly group: string
    readonly offsets: readonly CommittedOffset[]
    readonly member: GroupMember | undefined
  },
  readonly PartitionCode[]
> = {
  key: 28,
  version: 3,
  name: "TxnOffsetCommit",
  isFlexible: true,
  isWrite: true,
  write: (writer, { group, member, offsets, producer }) =>
    writer
      .string(producer.transactionalId)
      .string(group)
      .int64(producer.producerId)
      .int16(producer.producerEpoch)
      .int32(member?.generation ?? -1)
      .string(member?.memberId ?? "")
      .string(member?.instanceId ?? null)
      .array(byTopic(offsets), ({ items, topic }) =>
        writer
          .string(topic)
          .array(items, ({ metadata, offset, partition }) =>
            writer
              .int32(partition)
              .int64(offset)
              .int32(-1)
              .string(metadata ?? "")
              .end()
          )
          .end()
      )
      .end(),
  read: (reader) => {
    reader.int32()
    return reader
      .array(() => {
        const topic = reader.string()
        const partitions = reader.array(() => {
          const partition = { topic, partition: reader.int32(), code: reader.int16() }
          reader.end()
          return partition
        })
        reader.end()
        return partitions
      })
      .flat()
  }
}

export const endTxnApi: Api<{ readonly producer: TxnProducer; readonly isCommit: boolean }, number> = {
  key: 26,
  version: 2,
  name: "EndTxn",
  isFlexible: false,
  isWrite: true,
  write: (writer, { isCommit, producer }) =>
    writer
      .string(producer.transactionalId)
      .int64(producer.producerId)
      .int16(producer.producerEpoch)
      .boolean(isCommit),
  read: (reader) => {
    reader.int32()
    return reader.int16()
  }
}
