import type { ClusterView } from "./cluster-view.ts"
import { brokerError } from "./kafka-error.ts"
import { laneOf } from "./lanes.ts"
import type {
  CommittedOffset,
  GroupDescription,
  GroupMember,
  GroupRequests,
  JoinedGroup,
  JoinRequest,
  MemberBytes,
  Producer,
  TopicPartition,
  TransactionRequests,
  TxnProducer
} from "./kafka-client.ts"
import { neededAcl, topicDenied } from "./needed-acl.ts"
import type { AskedOf } from "./needed-acl.ts"
import type { Api, PartitionCode } from "./protocol/api.ts"
import * as groups from "./protocol/groups.ts"
import * as transactions from "./protocol/transactions.ts"
import { addressText } from "./requester.ts"
import type { Requester } from "./requester.ts"
import { retrying } from "./retrying.ts"
import type { Retrying } from "./retrying.ts"

/** How a request reaches a coordinator. */
interface Errand<Answer> extends AskedOf<Answer> {
  /** Default: one of the group's own, where a join may wait for long. */
  readonly lane?: string
  readonly asked: string
  /** More than for other requests, where the coordinator waits for others. */
  readonly extraMs?: number
  /** Codes of an answer: what is not 0 is a refusal. */
  readonly codes: (answer: Answer) => readonly number[]
}

/** Requests that go to the coordinators of transactional ids and groups. */
export class CoordinatorRequests implements TransactionRequests, GroupRequests {
  readonly #requester: Requester
  readonly #view: ClusterView
  readonly #retrying: Retrying
  readonly #requestTimeoutMs: number
  /** Groups whose connection waits for other members. */
  readonly #waiting = new Set<string>()

  constructor(requester: Requester, view: ClusterView, retry: Retrying, requestTimeoutMs: number) {
    this.#requester = requester
    this.#view = view
    this.#retrying = retry
    this.#requestTimeoutMs = requestTimeoutMs
  }

  async initProducerId(transactionalId: string | null, timeoutMs: number): Promise<Producer> {
    const asked =
      transactionalId === null ? "a producer id" : `to take over transactions of ${transactionalId}`
    const request = { transactionalId, timeoutMs }
    const codes = ({ code }: { readonly code: number }) => [code]
    if (transactionalId !== null) {
      const lane = laneOf("transactions", transactionalId)
      const errand = { kind: "transaction", key: transactionalId, lane, asked, codes } as const
      return (await this.#run(errand, transactions.initProducerIdApi, request)).producer
    }
    const attempt = async (): Promise<Producer> => {
      const { answer, broker } = await this.#view.askAny(transactions.initProducerIdApi, request, asked)
      if (answer.code !== 0) throw brokerError(answer.code, { broker, asked, isWrite: false })
      return answer.producer
    }
    return retrying(this.#retrying, attempt, () => undefined)
  }

  async addPartitionsToTxn(producer: TxnProducer, partitions: readonly TopicPartition[]): Promise<void> {
    const api = transactions.addPartitionsToTxnApi
    const topics = [...new Set(partitions.map(({ topic }) => topic))].join(", ")
    const errand = ofTransaction(producer, `partitions of ${topics} in the transaction`, partitionCodes)
    await this.#run({ ...errand, topicNeeds: onTopics("Write") }, api, { producer, partitions })
  }

  async addOffsetsToTxn(producer: TxnProducer, group: string): Promise<void> {
    const errand = { ...ofTransaction(producer, `offsets of ${group} in the transaction`, oneCode), group }
    await this.#run(errand, transactions.addOffsetsToTxnApi, { producer, group })
  }

  async txnOffsetCommit(
    producer: TxnProducer,
    group: string,
    offsets: readonly CommittedOffset[],
    member?: GroupMember
  ): Promise<void> {
    const asked = `to commit offsets of ${group} in the transaction of ${producer.transactionalId}`
    const lane = laneOf("commits", producer.transactionalId)
    const topicNeeds = onTopics("Read")
    const { transactionalId } = producer
    const codes = partitionCodes
    const errand = { kind: "group", key: group, asked, codes, lane, topicNeeds, transactionalId } as const
    await this.#run(errand, transactions.txnOffsetCommitApi, { producer, group, offsets, member })
  }

  async endTxn(producer: TxnProducer, outcome: "commit" | "abort"): Promise<void> {
    const errand = ofTransaction(producer, `to ${outcome} the transaction`, oneCode)
    await this.#run(errand, transactions.endTxnApi, { producer, isCommit: outcome === "commit" })
  }

  async joinGroup(request: JoinRequest): Promise<JoinedGroup> {
    const codes = ({ code }: { readonly code: number }) => [
      code === memberIdRequired && request.memberId === "" ? 0 : code
    ]
    const errand = { ...ofGroup(request.group, "to join", codes), extraMs: request.rebalanceTimeoutMs }
    const answer = await this.#waitFor(request.group, () => this.#run(errand, groups.joinGroupApi, request))
    if (answer.code === memberIdRequired) {
      await request.onMemberId?.(answer.memberId)
      return this.joinGroup({ ...request, memberId: answer.memberId })
    }
    const { generation, leader, memberId, members, protocol } = answer
    const { group, instanceId } = request
    const member = { group, memberId, generation, ...(instanceId === undefined ? {} : { instanceId }) }
    return { member, protocol, leader, members }
  }

  async syncGroup(member: GroupMember, assignments: readonly MemberBytes[]): Promise<Uint8Array> {
    const codes = ({ code }: { readonly code: number }) => [code]
    const errand = { ...ofGroup(member.group, "an assignment", codes), extraMs: syncMs }
    const ask = () => this.#run(errand, groups.syncGroupApi, { member, assignments })
    return (await this.#waitFor(member.group, ask)).assignment
  }

  async heartbeat(member: GroupMember): Promise<void> {
    await this.#run(this.#besideJoins(member.group, "to stay a member"), groups.heartbeatApi, member)
  }

  async leaveGroup(member: GroupMember): Promise<void> {
    await this.#run(this.#besideJoins(member.group, "to leave"), groups.leaveGroupApi, member)
  }

  describeGroup(group: string): Promise<GroupDescription> {
    const codes = ({ code }: { readonly code: number }) => [code]
    const errand = { ...ofGroup(group, "the members", codes), lane: laneOf("commits", group) }
    return this.#run(errand, groups.describeGroupApi, group)
  }

  async commitOffsets(
    group: string,
    offsets: readonly CommittedOffset[],
    member?: GroupMember
  ): Promise<void> {
    const errand = { ...ofGroup(group, "to commit offsets", partitionCodes), lane: laneOf("commits", group) }
    await this.#run(errand, groups.offsetCommitApi, { group, offsets, member })
  }

  async fetchOffsets(
    group: string,
    partitions: readonly TopicPartition[]
  ): Promise<readonly CommittedOffset[]> {
    type Answer = { readonly code: number; readonly offsets: readonly { readonly code: number }[] }
    const codes = ({ code, offsets }: Answer) => [code, ...offsets.map((each) => each.code)]
    const errand = { ...ofGroup(group, "committed offsets", codes), lane: laneOf("commits", group) }
    const { offsets } = await this.#run(errand, groups.offsetFetchApi, { group, partitions })
    return offsets
      .filter(({ offset }) => offset >= 0n)
      .map(({ metadata, offset, partition, topic }) => ({ topic, partition, offset, metadata }))
  }

  /**
   * What may not wait behind a join, which is answered when all others have joined. While none waits it goes the same way, so that a
   * connection that is dead is found out before a join goes there.
   */
  #besideJoins(group: string, asked: string): Errand<number> {
    const errand = ofGroup(group, asked, oneCode)
    return this.#waiting.has(group) ? { ...errand, lane: `members:${group}` } : errand
  }

  /** Runs what the coordinator answers when other members have done their part. */
  async #waitFor<A>(group: string, run: () => Promise<A>): Promise<A> {
    this.#waiting.add(group)
    try {
      return await run()
    } finally {
      this.#waiting.delete(group)
    }
  }

  #run<Request, Answer>(
    errand: Errand<Answer>,
    api: Api<Request, Answer>,
    request: Request
  ): Promise<Answer> {
    const { asked, codes, extraMs = 0, key, kind, lane } = errand
    const attempt = async (): Promise<Answer> => {
      const address = await this.#view.coordinator(kind, key)
      const patience = { timeoutMs: this.#requestTimeoutMs + extraMs, asked }
      const answer = await this.#requester.ask(address, lane ?? `${kind}:${key}`, api, request, patience)
      // With one partition refused, others answer that they were not attempted.
      const refusals = codes(answer).filter((code) => code !== 0)
      const refused = refusals.find((code) => code !== notAttempted) ?? refusals[0]
      if (refused !== undefined) {
        const needs = neededAcl(errand, refused, answer)
        throw brokerError(refused, { broker: addressText(address), asked, isWrite: api.isWrite, needs })
      }
      return answer
    }
    return retrying(this.#retrying, attempt, () => this.#view.forgetCoordinator(kind, key))
  }
}

const onTopics =
  (operation: string) =>
  (answers: readonly PartitionCode[]): string => {
    const denied = answers.filter(({ code }) => code === topicDenied).map(({ topic }) => topic)
    return `${operation} on topic ${[...new Set(denied)].join(", ")}`
  }

const memberIdRequired = 79
const notAttempted = 55
/** A follower waits until the leader has assigned. */
const syncMs = 60_000

const oneCode = (code: number): readonly number[] => [code]
const partitionCodes = (answers: readonly { readonly code: number }[]): readonly number[] =>
  answers.map(({ code }) => code)

const ofTransaction = <Answer>(
  { transactionalId }: TxnProducer,
  asked: string,
  codes: Errand<Answer>["codes"]
): Errand<Answer> => ({
  kind: "transaction",
  key: transactionalId,
  lane: laneOf("transactions", transactionalId),
  asked: `${asked} of ${transactionalId}`,
  codes
})

const ofGroup = <Answer>(group: string, asked: string, codes: Errand<Answer>["codes"]): Errand<Answer> => ({
  kind: "group",
  key: group,
  asked: `${asked} of group ${group}`,
  codes
})
