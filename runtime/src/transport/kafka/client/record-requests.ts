import type { ClusterView, Leader } from "./cluster-view.ts"
import { brokerError, KafkaError } from "./kafka-error.ts"
import type { Place } from "./kafka-error.ts"
import { commonLane, laneOf } from "./lanes.ts"
import type {
  FetchedPartition,
  FetchPartition,
  FetchRequest,
  OffsetAt,
  PartitionOffset,
  ProducedPartition,
  ProduceRequest,
  RecordRequests,
  TopicPartition
} from "./kafka-client.ts"
import { byTopic } from "./protocol/api.ts"
import { fetchApi, isolationLevels, listOffsetsApi, offsetsAt, produceApi } from "./protocol/records.ts"
import type { FetchAnswer } from "./protocol/records.ts"
import { addressText } from "./requester.ts"
import type { Requester } from "./requester.ts"
import { isWorthAnother, retrying } from "./retrying.ts"
import type { Retrying } from "./retrying.ts"

const nameOf = ({ partition, topic }: TopicPartition): string => `${topic}-${partition}`
const namesOf = (partitions: readonly TopicPartition[]): string =>
  partitions.length > 3
    ? `${partitions.slice(0, 3).map(nameOf).join(", ")} and ${partitions.length - 3} more`
    : partitions.map(nameOf).join(", ")

const writeLane = ({ batches, transactionalId }: ProduceRequest): string =>
  laneOf("write", transactionalId ?? batches[0]?.topic ?? "")

interface Led<A> {
  readonly leader: Leader
  readonly items: readonly (A & { readonly leaderEpoch: number; readonly topicId: string })[]
}

/** Requests that go to the leaders of partitions. */
export class LeaderRequests implements RecordRequests {
  readonly #requester: Requester
  readonly #view: ClusterView
  readonly #retrying: Retrying
  readonly #requestTimeoutMs: number

  constructor(requester: Requester, view: ClusterView, retry: Retrying, requestTimeoutMs: number) {
    this.#requester = requester
    this.#view = view
    this.#retrying = retry
    this.#requestTimeoutMs = requestTimeoutMs
  }

  async leader(partition: TopicPartition): Promise<number> {
    const found = await this.#retried([partition], () => this.#view.leader(partition))
    return found.id
  }

  async listOffsets(
    partitions: readonly TopicPartition[],
    at: OffsetAt
  ): Promise<readonly PartitionOffset[]> {
    const timestamp = typeof at === "bigint" ? at : at === "earliest" ? offsetsAt.earliest : offsetsAt.latest
    const isolation = at === "lastStable" ? isolationLevels.committed : isolationLevels.uncommitted
    const found = await this.#retried(partitions, async () => {
      const led = await this.#byLeader(partitions)
      const answers = await Promise.all(
        led.map(async ({ items, leader }) => {
          const asked = `the ${typeof at === "bigint" ? "first young" : at} offset of ${namesOf(items)}`
          const topics = byTopic(items.map((item) => ({ ...item, timestamp })))
          const patience = { timeoutMs: this.#requestTimeoutMs, asked }
          const request = { isolation, topics }
          const answer = await this.#requester.ask(leader, commonLane, listOffsetsApi, request, patience)
          const needs = `Describe on topic ${items[0]?.topic ?? ""}`
          refuseFirst(answer, { broker: addressText(leader), asked, isWrite: false, needs })
          return answer
        })
      )
      return answers.flat()
    })
    return inOrder(partitions, found, ({ offset, partition, topic }) => ({ topic, partition, offset }))
  }

  async fetch(request: FetchRequest): Promise<readonly FetchedPartition[]> {
    // A partition that fails for a while is asked for again where nothing else came of it.
    let last: readonly FetchedPartition[] | undefined
    try {
      return await this.#retried(request.partitions, async () => {
        const fetched = await this.#fetchOnce(request)
        last = inOrder(request.partitions, fetched, (each) => each)
        const failed = fetched.flatMap(({ error, topic }) => (error === undefined ? [] : [{ error, topic }]))
        this.#view.forget(failed.filter(({ error }) => error.retriable).map(({ topic }) => topic))
        const [first] = failed
        const isHopeful = failed.every(({ error }) => isWorthAnother(error))
        if (first !== undefined && failed.length === fetched.length)
          if (isHopeful || first.error.code < leastBrokerCode) throw first.error
        return last
      })
    } catch (cause) {
      // Of a broker's refusals each partition has its own.
      if (last === undefined || (cause instanceof KafkaError && cause.code < leastBrokerCode)) throw cause
      return last
    }
  }

  /** A leader that does not answer, or is not there, fails its own partitions alone. */
  async #fetchOnce(request: FetchRequest): Promise<readonly FetchedPartition[]> {
    const failures: FetchedPartition[] = []
    const fail = (items: readonly FetchPartition[], cause: unknown): readonly FetchedPartition[] => {
      if (!(cause instanceof KafkaError)) throw cause
      return items.map((item) => ({ ...nothing, ...item, error: cause }))
    }
    await this.#view.know(request.partitions.map(({ topic }) => topic))
    const found = await Promise.all(
      request.partitions.map((partition) =>
        this.#view.leader(partition).then(
          (leader) => [{ leader, partition }],
          (cause: unknown) => {
            failures.push(...fail([partition], cause))
            return []
          }
        )
      )
    )
    const fetched = await Promise.all(
      grouped(found.flat()).map((each) =>
        this.#fetchFrom(each, request).catch((cause: unknown) => fail(each.items, cause))
      )
    )
    return [...failures, ...fetched.flat()]
  }

  async produce(request: ProduceRequest): Promise<readonly ProducedPartition[]> {
    const done: ProducedPartition[] = []
    let left = request.batches
    await this.#retried(request.batches, async () => {
      const led = await this.#byLeader(left)
      const outcomes = await Promise.allSettled(led.map((each) => this.#produceTo(each, request)))
      const failures: unknown[] = []
      for (const outcome of outcomes) {
        if (outcome.status === "rejected") failures.push(outcome.reason)
        else {
          done.push(...outcome.value.produced)
          failures.push(...outcome.value.failed)
        }
      }
      left = left.filter((batch) => !done.some((each) => isSame(each, batch)))
      // What ends it goes before what could be asked again.
      const worst = failures.find((cause) => !isWorthAnother(cause)) ?? failures[0]
      if (worst !== undefined) throw worst
    })
    return inOrder(request.batches, done, (each) => each)
  }

  async #fetchFrom(
    { items, leader }: Led<FetchPartition>,
    request: FetchRequest
  ): Promise<readonly FetchedPartition[]> {
    const asked = `records of ${namesOf(items)}`
    const place = { broker: addressText(leader), asked, isWrite: false }
    const topics = byTopic(items.map((item) => ({ ...item, maxBytes: item.maxBytes ?? request.maxBytes })))
    const { maxBytes, maxWaitMs, minBytes } = request
    const answer = await this.#requester.ask(
      leader,
      `fetch-${request.lane ?? ""}`,
      fetchApi,
      { maxBytes, maxWaitMs, minBytes, isolation: isolationLevels[request.isolation], topics },
      { timeoutMs: maxWaitMs + this.#requestTimeoutMs, asked }
    )
    if (answer.code !== 0) throw brokerError(answer.code, place)
    return answer.partitions.flatMap((partition) => {
      const item = items.find((each) => isAnswered(each, partition))
      if (item === undefined) return []
      const fetched = fetchedOf(partition, item)
      if (partition.code === 0) return [fetched]
      const error = brokerError(partition.code, {
        ...place,
        asked: `records of ${nameOf(item)}`,
        needs: `Read on topic ${item.topic}`
      })
      return [{ ...fetched, error }]
    })
  }

  async #produceTo(
    { items, leader }: Led<ProduceRequest["batches"][number]>,
    { timeoutMs, transactionalId, ...request }: ProduceRequest
  ): Promise<{ readonly produced: readonly ProducedPartition[]; readonly failed: readonly KafkaError[] }> {
    const asked = `to write to ${namesOf(items)}`
    const answers = await this.#requester.ask(
      leader,
      writeLane({ timeoutMs, transactionalId, ...request }),
      produceApi,
      { transactionalId, timeoutMs, topics: byTopic(items) },
      { timeoutMs: timeoutMs + this.#requestTimeoutMs, asked }
    )
    const produced: ProducedPartition[] = []
    const failed: KafkaError[] = []
    for (const { baseOffset, code, partition, said, topic } of answers) {
      // One that is there already was written when it was sent before.
      if (code === 0 || code === duplicateSequence) produced.push({ topic, partition, baseOffset })
      else {
        const place = {
          broker: addressText(leader),
          asked: `to write to ${topic}-${partition}`,
          isWrite: true,
          needs: `Write on topic ${topic}`
        }
        failed.push(brokerError(code, place, said))
      }
    }
    return { produced, failed }
  }

  async #byLeader<A extends TopicPartition>(partitions: readonly A[]): Promise<readonly Led<A>[]> {
    await this.#view.know(partitions.map(({ topic }) => topic))
    const found = partitions.map(async (partition) => ({
      leader: await this.#view.leader(partition),
      partition
    }))
    return grouped(await Promise.all(found))
  }

  #retried<A>(partitions: readonly TopicPartition[], attempt: () => Promise<A>): Promise<A> {
    return retrying(this.#retrying, attempt, () => this.#view.forget(partitions.map(({ topic }) => topic)))
  }
}

const duplicateSequence = 46
/** Codes of brokers are not below it; ours are. */
const leastBrokerCode = -100

/** Of a partition that was not fetched. */
const nothing = {
  topicId: "",
  records: new Uint8Array(0),
  aborted: [],
  highWatermark: -1n,
  lastStableOffset: -1n,
  logStart: -1n
}

function grouped<A extends TopicPartition>(
  found: readonly { readonly leader: Leader; readonly partition: A }[]
): readonly Led<A>[] {
  const groups = new Map<
    number,
    { leader: Leader; items: (A & { leaderEpoch: number; topicId: string })[] }
  >()
  for (const { leader, partition } of found) {
    const group = groups.get(leader.id) ?? { leader, items: [] }
    group.items.push({ ...partition, leaderEpoch: leader.epoch, topicId: leader.topicId })
    groups.set(leader.id, group)
  }
  return [...groups.values()]
}

const isSame = (one: TopicPartition, other: TopicPartition): boolean =>
  one.partition === other.partition && one.topic === other.topic

function refuseFirst(answers: readonly { readonly code: number }[], place: Place): void {
  const refused = answers.find(({ code }) => code !== 0)
  if (refused !== undefined) throw brokerError(refused.code, place)
}

/** What was answered for each partition, in the order in which it was asked for. */
function inOrder<A extends TopicPartition, B>(
  wanted: readonly TopicPartition[],
  answers: readonly A[],
  pick: (answer: A) => B
): readonly B[] {
  const byName = new Map(answers.map((answer) => [nameOf(answer), answer]))
  return wanted.flatMap((each) => {
    const answer = byName.get(nameOf(each))
    return answer === undefined ? [] : [pick(answer)]
  })
}

const isAnswered = (
  item: { readonly partition: number; readonly topicId: string },
  { partition, topicId }: FetchAnswer
): boolean => item.partition === partition && item.topicId === topicId

const fetchedOf = (
  { aborted, highWatermark, lastStableOffset, logStart, records, topicId }: FetchAnswer,
  { offset, partition, topic }: FetchPartition
): FetchedPartition => ({
  topic,
  topicId,
  partition,
  offset,
  records,
  aborted,
  highWatermark,
  lastStableOffset,
  logStart
})
