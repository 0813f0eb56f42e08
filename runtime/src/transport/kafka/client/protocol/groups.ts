import type {
  CommittedOffset,
  GroupDescription,
  GroupMember,
  JoinRequest,
  MemberBytes,
  TopicPartition
} from "../kafka-client.ts"
import { byTopic } from "./api.ts"
import type { Api, PartitionCode } from "./api.ts"

export const joinGroupApi: Api<
  JoinRequest,
  {
    readonly code: number
    readonly generation: number
    readonly protocol: string
    readonly leader: string
    readonly memberId: string
    readonly members: readonly MemberBytes[]
  }
> = {
  key: 11,
  version: 5,
  name: "JoinGroup",
  isFlexible: false,
  // A member that joined unseen is forgotten after its session.
  isWrite: false,
  write: (writer, request) =>
    writer
      .string(request.group)
      .int32(request.sessionTimeoutMs)
      .int32(request.rebalanceTimeoutMs)
      .string(request.memberId)
      .string(request.instanceId ?? null)
      .string(request.protocolType)
      .array(request.protocols, ({ metadata, name }) => writer.string(name).bytes(metadata)),
  read: (reader) => {
    reader.int32()
    const head = {
      code: reader.int16(),
      generation: reader.int32(),
      protocol: reader.string(),
      leader: reader.string(),
      memberId: reader.string()
    }
    const members = reader.array(() => {
      const memberId = reader.string()
      reader.nullableString()
      return { memberId, bytes: reader.bytes() }
    })
    return { ...head, members }
  }
}

export const syncGroupApi: Api<
  { readonly member: GroupMember; readonly assignments: readonly MemberBytes[] },
  { readonly code: number; readonly assignment: Uint8Array }
> = {
  key: 14,
  version: 3,
  name: "SyncGroup",
  isFlexible: false,
  isWrite: false,
  write: (writer, { assignments, member }) =>
    writer
      .string(member.group)
      .int32(member.generation)
      .string(member.memberId)
      .string(member.instanceId ?? null)
      .array(assignments, ({ bytes, memberId }) => writer.string(memberId).bytes(bytes)),
  read: (reader) => {
    reader.int32()
    return { code: reader.int16(), assignment: reader.bytes() }
  }
}

export const heartbeatApi: Api<GroupMember, number> = {
  key: 12,
  version: 3,
  name: "Heartbeat",
  isFlexible: false,
  isWrite: false,
  write: (writer, member) =>
    writer
      .string(member.group)
      .int32(member.generation)
      .string(member.memberId)
      .string(member.instanceId ?? null),
  read: (reader) => {
    reader.int32()
    return reader.int16()
  }
}

export const leaveGroupApi: Api<GroupMember, number> = {
  key: 13,
  version: 3,
  name: "LeaveGroup",
  isFlexible: false,
  isWrite: false,
  write: (writer, member) =>
    writer
      .string(member.group)
      .array([member], ({ instanceId, memberId }) => writer.string(memberId).string(instanceId ?? null)),
  read: (reader) => {
    reader.int32()
    const code = reader.int16()
    const members = reader.array(() => {
      reader.string()
      reader.nullableString()
      return reader.int16()
    })
    return code === 0 ? (members[0] ?? 0) : code
  }
}

/** Version 4 of a group that is not there says that it is dead. */
export const describeGroupApi: Api<string, GroupDescription & { readonly code: number }> = {
  key: 15,
  version: 4,
  name: "DescribeGroups",
  isFlexible: false,
  isWrite: false,
  write: (writer, group) => writer.array([group], (each) => writer.string(each)).boolean(false),
  read: (reader) => {
    reader.int32()
    const [described] = reader.array(() => {
      const code = reader.int16()
      reader.string()
      const head = { code, state: reader.string(), protocolType: reader.string() }
      reader.string()
      const members = reader.array(() => {
        const memberId = reader.string()
        reader.nullableString()
        return {
          memberId,
          clientId: reader.string(),
          clientHost: reader.string(),
          metadata: reader.bytes(),
          assignment: reader.bytes()
        }
      })
      reader.int32()
      return { ...head, members }
    })
    return described ?? { code: 0, state: "Dead", protocolType: "", members: [] }
  }
}

export const offsetCommitApi: Api<
  {
    readonly group: string
    readonly offsets: readonly CommittedOffset[]
    readonly member: GroupMember | undefined
  },
  readonly PartitionCode[]
> = {
  key: 8,
  version: 7,
  name: "OffsetCommit",
  isFlexible: false,
  isWrite: true,
  write: (writer, { group, member, offsets }) =>
    writer
      .string(group)
      .int32(member?.generation ?? -1)
      .string(member?.memberId ?? "")
      .string(member?.instanceId ?? null)
      .array(byTopic(offsets), ({ items, topic }) =>
        writer.string(topic).array(items, ({ metadata, offset, partition }) =>
          writer
            .int32(partition)
            .int64(offset)
            .int32(-1)
            .string(metadata ?? "")
        )
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

/** Version 7 can ask for stable offsets: none while a transaction that commits some is open. */
export const offsetFetchApi: Api<
  { readonly group: string; readonly partitions: readonly TopicPartition[] },
  {
    readonly code: number
    readonly offsets: readonly (PartitionCode & { readonly offset: bigint; readonly metadata: string })[]
  }
> = {
  key: 9,
  version: 7,
  name: "OffsetFetch",
  isFlexible: true,
  isWrite: false,
  write: (writer, { group, partitions }) =>
    writer
      .string(group)
      .array(byTopic(partitions), ({ items, topic }) =>
        writer
          .string(topic)
          .array(items, ({ partition }) => writer.int32(partition))
          .end()
      )
      .boolean(true)
      .end(),
  read: (reader) => {
    reader.int32()
    const topics = reader.array(() => {
      const topic = reader.string()
      const partitions = reader.array(() => {
        const partition = reader.int32()
        const offset = reader.int64()
        reader.int32()
        const metadata = reader.string()
        const code = reader.int16()
        reader.end()
        return { topic, partition, code, offset, metadata }
      })
      reader.end()
      return partitions
    })
    return { code: reader.int16(), offsets: topics.flat() }
  }
}
