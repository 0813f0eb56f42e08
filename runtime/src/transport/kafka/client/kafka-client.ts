import type { KafkaError } from "./kafka-error.ts"

/**
 * What the transport asks of Kafka. Two libraries carry it (`kafkajs-client.ts`, `platformatic-client.ts`). Record batches go
 * through as bytes. Every promise rejects with a {@link KafkaError}. Reads are asked again while what fails is retriable, up to
 * a bound; a write is only where the broker refused it, or it was never sent: one without an answer is `indefinite`.
 */
export interface KafkaClient extends TopicRequests, RecordRequests, TransactionRequests, GroupRequests {
  /** Since when no broker answers, and why; undefined while one does. Known from what is asked. */
  readonly outage: () => Outage | undefined
  /** Ends all connections; what waits is rejected. */
  readonly close: () => Promise<void>
}

export interface Outage {
  /** For how long nothing was answered. */
  readonly silentMs: number
  /** What the last attempt came to, who was asked, and what to look at. */
  readonly message: string
  /** Brokers answer, and do not let us in: the user, its secret or its token is refused. */
  readonly isRefused: boolean
}

export interface TopicRequests {
  /** Those of these names, or all; one that is not there has an `error`. Asks the cluster each time. */
  readonly topics: (names?: readonly string[]) => Promise<readonly TopicMetadata[]>
  /** In the order of the specs. Answers when a broker knows who leads the new ones. */
  readonly createTopics: (specs: readonly NewTopic[]) => Promise<readonly TopicOutcome[]>
  readonly deleteTopics: (names: readonly string[]) => Promise<readonly TopicOutcome[]>
  /** Sets what is named of these topics' settings, and leaves the others. */
  readonly alterConfigs: (
    topics: readonly { readonly name: string; readonly configs: { readonly [key: string]: string } }[]
  ) => Promise<readonly TopicOutcome[]>
  /** Settings of topics, the brokers' defaults included; in the order of the names. */
  readonly describeConfigs: (names: readonly string[]) => Promise<readonly TopicConfigs[]>
}

export interface RecordRequests {
  /** In the order of the partitions. */
  readonly listOffsets: (
    partitions: readonly TopicPartition[],
    at: OffsetAt
  ) => Promise<readonly PartitionOffset[]>
  /** Id of the broker that leads a partition: what one fetch asks of several leaders is answered when the last has. */
  readonly leader: (partition: TopicPartition) => Promise<number>
  readonly fetch: (request: FetchRequest) => Promise<readonly FetchedPartition[]>
  /** Answers when all copies in sync have the batches; rejects when one was refused, whatever became of the others. */
  readonly produce: (request: ProduceRequest) => Promise<readonly ProducedPartition[]>
}

/** What a transactional producer does, in this order; all but the first reject with a `fenced` error once another has its id. */
export interface TransactionRequests {
  /** Takes over the transactional id: aborts what the one before left open, and fences it. Without an id: for idempotence alone. */
  readonly initProducerId: (transactionalId: string | null, timeoutMs: number) => Promise<Producer>
  readonly addPartitionsToTxn: (producer: TxnProducer, partitions: readonly TopicPartition[]) => Promise<void>
  readonly addOffsetsToTxn: (producer: TxnProducer, group: string) => Promise<void>
  /** With `member`, a member of a generation that has passed is refused (KIP-447). */
  readonly txnOffsetCommit: (
    producer: TxnProducer,
    group: string,
    offsets: readonly CommittedOffset[],
    member?: GroupMember
  ) => Promise<void>
  readonly endTxn: (producer: TxnProducer, outcome: "commit" | "abort") => Promise<void>
}

export interface GroupRequests {
  /** Waits until all members have joined, up to the rebalance timeout. A first joining gets its member id by itself. */
  readonly joinGroup: (request: JoinRequest) => Promise<JoinedGroup>
  /** The leader gives all assignments, the others none; answers this member's. */
  readonly syncGroup: (member: GroupMember, assignments: readonly MemberBytes[]) => Promise<Uint8Array>
  /** Rejects with REBALANCE_IN_PROGRESS where the member is to join again. Does not wait for a join or an assignment under way. */
  readonly heartbeat: (member: GroupMember) => Promise<void>
  /** Others need not wait for the session's end. The generation does not matter; a join under way is refused. */
  readonly leaveGroup: (member: GroupMember) => Promise<void>
  /** What a group does, for anybody. One that is not there is `Dead`, without members. */
  readonly describeGroup: (group: string) => Promise<GroupDescription>
  readonly commitOffsets: (
    group: string,
    offsets: readonly CommittedOffset[],
    member?: GroupMember
  ) => Promise<void>
  /** Waits while a transaction that commits offsets of these partitions is open. A partition without an offset is left out. */
  readonly fetchOffsets: (
    group: string,
    partitions: readonly TopicPartition[]
  ) => Promise<readonly CommittedOffset[]>
}

/**
 * `lastStable`: the first offset that a reader of committed records does not get yet. A time, ms since 1970: the first record that is
 * not older, -1n where there is none.
 */
export type OffsetAt = "earliest" | "latest" | "lastStable" | bigint

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export interface TopicMetadata {
  readonly name: string
  /** Another one after the topic was deleted and made anew. */
  readonly id: string
  readonly isInternal: boolean
  /** By partition number. */
  readonly partitions: readonly PartitionMetadata[]
  readonly error?: KafkaError
}

export interface PartitionMetadata {
  readonly partition: number
  /** Broker id; -1 while there is none. */
  readonly leader: number
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  readonly inSync: readonly number[]
}

export interface NewTopic {
  readonly name: string
  readonly partitions: number
  /** Default: the brokers'. */
  readonly replicas?: number
  readonly configs?: { readonly [key: string]: string }
}

export interface TopicOutcome {
  readonly name: string
  readonly error?: KafkaError
}

export interface TopicConfigs extends TopicOutcome {
  readonly configs: { readonly [key: string]: string | null }
}

export interface PartitionOffset extends TopicPartition {
  readonly offset: bigint
}

export interface FetchRequest {
  readonly partitions: readonly FetchPartition[]
  /** How long a broker waits for `minBytes`. Requests of one lane wait for each other, others do not. */
  readonly maxWaitMs: number
  readonly minBytes: number
  /** Of one broker's answer; a first batch that is larger comes all the same. */
  readonly maxBytes: number
  readonly isolation: "uncommitted" | "committed"
  /** Default: one lane for all. */
  readonly lane?: string
}

export interface FetchPartition extends PartitionOffset {
  /** Default: the request's `maxBytes`. */
  readonly maxBytes?: number
}

export interface FetchedPartition extends PartitionOffset {
  /** Of the topic that the records are of, {@link TopicMetadata.id}; empty where none was asked. */
  readonly topicId: string
  /** Whole record batches from the one that has `offset` on, and perhaps the beginning of one more. A view of the answer's bytes. */
  readonly records: Uint8Array
  /** Transactions whose records among these are to be left out, from this offset to their marker. */
  readonly aborted: readonly AbortedTransaction[]
  readonly highWatermark: bigint
  readonly lastStableOffset: bigint
  /** The first offset that is kept. */
  readonly logStart: bigint
  /** The others are good all the same. OFFSET_OUT_OF_RANGE is one. */
  readonly error?: KafkaError
}

export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: bigint
}

export interface ProduceRequest {
  /** Of the transaction that the batches belong to, whose producer they carry. */
  readonly transactionalId: string | null
  /** One record batch, magic 2, for a partition. */
  readonly batches: readonly (TopicPartition & { readonly records: Uint8Array })[]
  /** How long a leader waits for its followers. */
  readonly timeoutMs: number
}

export interface ProducedPartition extends TopicPartition {
  /** Offset of the batch's first record; -1 where the broker had it already and forgot. */
  readonly baseOffset: bigint
}

/** What batches are written with. */
export interface Producer {
  readonly producerId: bigint
  readonly producerEpoch: number
}

export interface TxnProducer extends Producer {
  readonly transactionalId: string
}

export interface CommittedOffset extends PartitionOffset {
  /** Any text, 4096 bytes at most by default. */
  readonly metadata?: string
}

export interface GroupMember {
  readonly group: string
  readonly memberId: string
  readonly generation: number
  /** Of a static member, which may come back within its session without a rebalance. */
  readonly instanceId?: string
}

export interface JoinRequest {
  readonly group: string
  /** Empty at first, then what {@link JoinedGroup} answered. */
  readonly memberId: string
  readonly instanceId?: string
  readonly sessionTimeoutMs: number
  /** How long the others wait for a member that has to finish work first. */
  readonly rebalanceTimeoutMs: number
  /** `consumer`, or a word of our own; the same for all members. */
  readonly protocolType: string
  /** By preference; the broker takes one that all members have. What the metadata say is for the leader's assignor. */
  readonly protocols: readonly { readonly name: string; readonly metadata: Uint8Array }[]
  /** Called with the id that a first joining gets, before it is used: what is to be remembered of it is then, should it be killed. */
  readonly onMemberId?: (memberId: string) => Promise<void>
}

export interface JoinedGroup {
  readonly member: GroupMember
  readonly protocol: string
  readonly leader: string
  /** Of the leader alone: all members with their metadata. */
  readonly members: readonly MemberBytes[]
}

export interface MemberBytes {
  readonly memberId: string
  readonly bytes: Uint8Array
}

export interface GroupDescription {
  /** Kafka's word: `Stable`, `PreparingRebalance`, `CompletingRebalance`, `Empty` or `Dead`. */
  readonly state: string
  readonly protocolType: string
  readonly members: readonly DescribedMember[]
}

export interface DescribedMember {
  readonly memberId: string
  readonly clientId: string
  /** Address that it joined from. */
  readonly clientHost: string
  /** What it joined with, and what it was given last: empty while the group is not stable. */
  readonly metadata: Uint8Array
  readonly assignment: Uint8Array
}
