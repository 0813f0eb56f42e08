import { brokerError, clientError } from "./kafka-error.ts"
import type { KafkaError } from "./kafka-error.ts"
import type { TopicMetadata, TopicPartition } from "./kafka-client.ts"
import type { Api } from "./protocol/api.ts"
import { findCoordinatorApi, metadataApi } from "./protocol/metadata.ts"
import type { CoordinatorKind, TopicAnswer } from "./protocol/metadata.ts"
import { addressText } from "./requester.ts"
import type { Address, Requester } from "./requester.ts"
import { commonLane } from "./lanes.ts"
import { isWorthAnother } from "./retrying.ts"

/** Where a partition's requests go. */
export interface Leader extends Address {
  readonly id: number
  readonly epoch: number
  /** Of the topic. */
  readonly topicId: string
}

/**
 * What is known of the cluster: its brokers, who leads what, who coordinates whom. It is learnt where it is not known, and
 * forgotten by those who find it wrong.
 */
export class ClusterView {
  readonly #requester: Requester
  readonly #bootstrap: readonly Address[]
  readonly #requestTimeoutMs: number
  readonly #brokers = new Map<number, Address>()
  readonly #topics = new Map<string, TopicMetadata>()
  readonly #coordinators = new Map<string, Promise<Address>>()
  /** Names that a metadata request under way asks for, so that one does for all who wait. */
  readonly #learning = new Map<string, Promise<readonly TopicMetadata[]>>()

  constructor(requester: Requester, bootstrap: readonly Address[], requestTimeoutMs: number) {
    this.#requester = requester
    this.#bootstrap = bootstrap
    this.#requestTimeoutMs = requestTimeoutMs
  }

  /** Asks the first broker that answers: those that are known, then those that were given. */
  async askAny<Request, Answer>(
    api: Api<Request, Answer>,
    request: Request,
    asked: string
  ): Promise<{ readonly answer: Answer; readonly broker: string }> {
    let last: unknown = clientError(
      "CONNECTION_REFUSED",
      { broker: "", asked, isWrite: false },
      "no broker is named"
    )
    for (const address of this.#addresses()) {
      try {
        const patience = { timeoutMs: this.#requestTimeoutMs, asked }
        const answer = await this.#requester.ask(address, commonLane, api, request, patience)
        return { answer, broker: addressText(address) }
      } catch (cause) {
        if (!isWorthAnother(cause)) throw cause
        last = cause
      }
    }
    throw last
  }

  /** Asks for topics anew; null: for all. */
  async learn(names: readonly string[] | null): Promise<readonly TopicMetadata[]> {
    const key = JSON.stringify(names)
    const known = this.#learning.get(key)
    if (known !== undefined) return known
    const learning = this.#ask(names).finally(() => this.#learning.delete(key))
    this.#learning.set(key, learning)
    return learning
  }

  /** Learns all of these topics that are not known in one request. */
  async know(topics: readonly string[]): Promise<void> {
    const unknown = [...new Set(topics.filter((topic) => !this.#topics.has(topic)))]
    if (unknown.length > 0) await this.learn(unknown)
  }

  /** The leader of a partition, asked for where it is not known. Rejects with a retriable error while there is none. */
  async leader({ partition, topic }: TopicPartition): Promise<Leader> {
    const metadata = this.#topics.get(topic) ?? (await this.learn([topic]))[0]
    const asked = `the leader of ${topic}-${partition}`
    const place = { broker: "the cluster", asked, isWrite: false }
    if (metadata === undefined || metadata.error !== undefined)
      throw metadata?.error ?? brokerError(unknownTopic, place)
    const found = metadata.partitions.find((each) => each.partition === partition)
    if (found === undefined) throw this.#wrong(topic, brokerError(unknownTopic, place))
    const address = this.#brokers.get(found.leader)
    if (address === undefined) throw this.#wrong(topic, brokerError(noLeader, place))
    return { ...address, id: found.leader, epoch: found.leaderEpoch, topicId: metadata.id }
  }

  /** The next who asks for these topics' leaders has them learnt anew. */
  forget(topics: Iterable<string>): void {
    for (const topic of topics) this.#topics.delete(topic)
  }

  coordinator(kind: CoordinatorKind, key: string): Promise<Address> {
    const name = `${kind}:${key}`
    const known = this.#coordinators.get(name)
    if (known !== undefined) return known
    const finding = this.#findCoordinator(kind, key)
    this.#coordinators.set(name, finding)
    finding.catch(() => this.#coordinators.delete(name))
    return finding
  }

  forgetCoordinator(kind: CoordinatorKind, key: string): void {
    this.#coordinators.delete(`${kind}:${key}`)
  }

  async #findCoordinator(kind: CoordinatorKind, key: string): Promise<Address> {
    const asked = `the coordinator of ${kind} ${key}`
    const { answer, broker } = await this.askAny(findCoordinatorApi, { kind, key }, asked)
    const needs = kind === "group" ? `Read on group ${key}` : `Write on transactional id ${key}`
    if (answer.code !== 0)
      throw brokerError(answer.code, { broker, asked, isWrite: false, needs }, answer.said)
    return answer.broker
  }

  async #ask(names: readonly string[] | null): Promise<readonly TopicMetadata[]> {
    const asked = names === null ? "all topics" : `the topics ${names.join(", ")}`
    const { answer, broker } = await this.askAny(metadataApi, { topics: names }, asked)
    this.#brokers.clear()
    for (const { host, id, port } of answer.brokers) this.#brokers.set(id, { host, port })
    const topics = answer.topics.map((topic) => metadataOf(topic, broker))
    for (const topic of topics) {
      if (topic.error === undefined) this.#topics.set(topic.name, topic)
      else this.#topics.delete(topic.name)
    }
    return topics
  }

  #wrong(topic: string, error: KafkaError): KafkaError {
    this.#topics.delete(topic)
    return error
  }

  #addresses(): readonly Address[] {
    const all = [...this.#brokers.values(), ...this.#bootstrap]
    return [...new Map(all.map((address) => [addressText(address), address])).values()]
  }
}

const unknownTopic = 3
const noLeader = 5

const metadataOf = (topic: TopicAnswer, broker: string): TopicMetadata => {
  const partitions = topic.partitions
    .map(({ inSync, leader, leaderEpoch, partition, replicas }) => ({
      partition,
      leader,
      leaderEpoch,
      replicas,
      inSync
    }))
    .toSorted((one, other) => one.partition - other.partition)
  const head = { name: topic.name, id: topic.id, isInternal: topic.isInternal, partitions }
  if (topic.code === 0) return head
  const needs = `Describe on topic ${topic.name}`
  const place = { broker, asked: `the topic ${topic.name}`, isWrite: false, needs }
  return { ...head, error: brokerError(topic.code, place) }
}
