import { ClusterView } from "./cluster-view.ts"
import { CoordinatorRequests } from "./coordinator-requests.ts"
import { brokerError } from "./kafka-error.ts"
import type { Place } from "./kafka-error.ts"
import type { KafkaClient, TopicOutcome, TopicRequests } from "./kafka-client.ts"
import type { Api } from "./protocol/api.ts"
import { alterConfigsApi, createTopicsApi, deleteTopicsApi, describeConfigsApi } from "./protocol/metadata.ts"
import type { NamedCode } from "./protocol/metadata.ts"
import { LeaderRequests } from "./record-requests.ts"
import { Requester } from "./requester.ts"
import type { Address } from "./requester.ts"
import { retrying } from "./retrying.ts"
import type { Retrying } from "./retrying.ts"
import type { SaslOptions, TlsOptions, Wire, WireOptions } from "./wire.ts"

export interface KafkaClientOptions {
  /** `host:port` of some brokers; the others are learnt from them. */
  readonly bootstrap: readonly string[]
  /** Default: `millrace`. */
  readonly clientId?: string
  readonly tls?: TlsOptions
  readonly sasl?: SaslOptions
  /** Default: 10 s. */
  readonly connectTimeoutMs?: number
  /** For an answer, beyond what a request itself lets the broker wait; default: 30 s. */
  readonly requestTimeoutMs?: number
  /** Pauses between attempts of one request, all together; default: 30 s. */
  readonly retryMs?: number
}

/** A client over one library's connections. Nothing is connected to before it is asked for something. */
export function openClient(
  makeWire: (options: WireOptions) => Wire,
  options: KafkaClientOptions
): KafkaClient {
  const { clientId = "millrace", connectTimeoutMs = 10_000, requestTimeoutMs = 30_000 } = options
  const { retryMs = 30_000, sasl, tls } = options
  const wire = makeWire({
    clientId,
    connectTimeoutMs,
    ...(sasl === undefined ? {} : { sasl }),
    ...(tls === undefined ? {} : { tls })
  })
  const requester = new Requester(wire)
  const view = new ClusterView(requester, options.bootstrap.map(addressOf), requestTimeoutMs)
  const retry = { budgetMs: retryMs }
  const records = new LeaderRequests(requester, view, retry, requestTimeoutMs)
  const coordinated = new CoordinatorRequests(requester, view, retry, requestTimeoutMs)
  return {
    ...topicRequests(view, retry),
    leader: (partition) => records.leader(partition),
    listOffsets: (partitions, at) => records.listOffsets(partitions, at),
    fetch: (request) => records.fetch(request),
    produce: (request) => records.produce(request),
    initProducerId: (id, timeoutMs) => coordinated.initProducerId(id, timeoutMs),
    addPartitionsToTxn: (producer, partitions) => coordinated.addPartitionsToTxn(producer, partitions),
    addOffsetsToTxn: (producer, group) => coordinated.addOffsetsToTxn(producer, group),
    txnOffsetCommit: (producer, group, offsets, member) =>
      coordinated.txnOffsetCommit(producer, group, offsets, member),
    endTxn: (producer, outcome) => coordinated.endTxn(producer, outcome),
    joinGroup: (request) => coordinated.joinGroup(request),
    syncGroup: (member, assignments) => coordinated.syncGroup(member, assignments),
    heartbeat: (member) => coordinated.heartbeat(member),
    leaveGroup: (member) => coordinated.leaveGroup(member),
    describeGroup: (group) => coordinated.describeGroup(group),
    commitOffsets: (group, offsets, member) => coordinated.commitOffsets(group, offsets, member),
    fetchOffsets: (group, partitions) => coordinated.fetchOffsets(group, partitions),
    outage: () => requester.reach.outage,
    close: () => {
      requester.close()
      return Promise.resolve()
    }
  }
}

/** `host:port`, an IPv6 host in brackets; the port is 9092 where none is given. */
function addressOf(text: string): Address {
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text.trim()) ?? []
  return { host: bracketed ?? plain ?? text, port: Number(port ?? 9_092) }
}

function topicRequests(view: ClusterView, retry: Retrying): TopicRequests {
  const ask = <Request, Answer>(api: Api<Request, Answer>, request: Request, asked: string) =>
    retrying(
      retry,
      () => view.askAny(api, request, asked),
      () => undefined
    )
  const change = async <Request>(
    api: Api<Request, readonly NamedCode[]>,
    request: Request,
    asked: string
  ): Promise<readonly TopicOutcome[]> => {
    const { answer, broker } = await ask(api, request, asked)
    view.forget(answer.map(({ name }) => name))
    const needs = operations.get(api.key)
    return answer.map((each) => outcomeOf(each, { broker, asked, isWrite: api.isWrite }, needs))
  }
  return {
    topics: (names) =>
      retrying(
        retry,
        () => view.learn(names ?? null),
        () => undefined
      ),
    createTopics: async (specs) => {
      const names = specs.map(({ name }) => name).join(", ")
      const outcomes = await change(createTopicsApi, specs, `to make topics ${names}`)
      const made = outcomes.filter(({ error }) => error === undefined).map(({ name }) => name)
      if (made.length > 0)
        await retrying(
          retry,
          () => untilLed(view, made),
          () => undefined
        )
      return outcomes
    },
    alterConfigs: (topics) =>
      change(alterConfigsApi, topics, `to change settings of ${topics.map(({ name }) => name).join(", ")}`),
    deleteTopics: (names) => change(deleteTopicsApi, names, `to delete topics ${names.join(", ")}`),
    describeConfigs: async (names) => {
      const asked = `settings of topics ${names.join(", ")}`
      const { answer, broker } = await ask(describeConfigsApi, names, asked)
      const place = { broker, asked, isWrite: false }
      return answer.map((each) => ({
        ...outcomeOf(each, place, "DescribeConfigs"),
        configs: each.configs
      }))
    }
  }
}

/** The brokers hear of a new topic after the controller has answered. */
async function untilLed(view: ClusterView, names: readonly string[]): Promise<void> {
  for (const { error, name, partitions } of await view.learn(names)) {
    if (error !== undefined) throw error
    const led = partitions.every(({ leader }) => leader >= 0)
    if (!led) await view.leader({ topic: name, partition: partitions.findIndex(({ leader }) => leader < 0) })
  }
}

/** What an ACL calls it, by the key of the request. */
const operations: ReadonlyMap<number, string> = new Map([
  [createTopicsApi.key, "Create"],
  [deleteTopicsApi.key, "Delete"],
  [alterConfigsApi.key, "AlterConfigs"]
])

/** `operation`: what the user needs on the topic. */
const outcomeOf = (
  { code, name, said }: NamedCode,
  place: Place,
  operation: string | undefined
): TopicOutcome => {
  if (code === 0) return { name }
  const needs = operation === undefined ? {} : { needs: `${operation} on topic ${name}` }
  return { name, error: brokerError(code, { ...place, ...needs }, said) }
}
