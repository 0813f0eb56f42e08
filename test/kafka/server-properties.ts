import { join } from "node:path"
import type { Release } from "./releases.ts"
import { isSecured, protocolOf, securitySettings } from "./security.ts"
import type { Security } from "./security.ts"

/** Ports of one broker. `inside` is where brokers and probes go: the clients' own where that is plain. */
export interface Ports {
  readonly client: number
  readonly inside: number
  readonly controller: number
}

export interface ServerOptions {
  readonly release: Release
  /** From 1. */
  readonly id: number
  readonly folder: string
  readonly ports: readonly Ports[]
  readonly security: Security
  readonly certificates: string | undefined
  /** Settings that go before ours. */
  readonly config: { readonly [key: string]: string }
}

/** The text of a broker's `server.properties`: KRaft, broker and controller in one process, a static quorum. */
export const serverProperties = (options: ServerOptions): string => {
  const settings = {
    ...quorum(options),
    ...internalTopics(options),
    ...frugal,
    ...securitySettings(options.security, options.certificates),
    ...options.config
  }
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("")
}

const quorum = ({ folder, id, ports, security }: ServerOptions) => {
  const own = ports[id - 1]
  if (own === undefined) throw new RangeError(`there is no broker ${id}`)
  const secured = isSecured(security)
  const listeners = [
    `CLIENT://127.0.0.1:${own.client}`,
    ...(secured ? [`INSIDE://127.0.0.1:${own.inside}`] : [])
  ]
  return {
    "process.roles": "broker,controller",
    "node.id": String(id),
    // Static: 3.9 and 4.x take it alike, and a folder may come up on other ports.
    "controller.quorum.voters": ports
      .map((each, index) => `${index + 1}@127.0.0.1:${each.controller}`)
      .join(","),
    listeners: [...listeners, `CONTROLLER://127.0.0.1:${own.controller}`].join(","),
    "advertised.listeners": listeners.join(","),
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": secured ? "INSIDE" : "CLIENT",
    "listener.security.protocol.map": `CLIENT:${protocolOf(security)},INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT`,
    "log.dirs": join(folder, "data")
  }
}

/** Kafka's own topics: on every broker, and few partitions of them. */
const internalTopics = ({ ports, release }: ServerOptions) => {
  const copies = String(ports.length)
  const atLeast = String(Math.max(1, ports.length - 1))
  return {
    "default.replication.factor": copies,
    "min.insync.replicas": atLeast,
    "offsets.topic.replication.factor": copies,
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": copies,
    "transaction.state.log.min.isr": atLeast,
    "transaction.state.log.num.partitions": "4",
    ...(release === "4"
      ? {
          "share.coordinator.state.topic.replication.factor": copies,
          "share.coordinator.state.topic.min.isr": atLeast
        }
      : {})
  }
}

/** Few threads, and nothing waited for that a small cluster need not wait for. */
const frugal = {
  "auto.create.topics.enable": "false",
  "num.network.threads": "1",
  "num.io.threads": "4",
  "num.replica.fetchers": "1",
  "log.cleaner.threads": "1",
  // Tests of compacted topics do not wait for Kafka's usual fifteen seconds.
  "log.cleaner.backoff.ms": "200",
  "background.threads": "2",
  "group.initial.rebalance.delay.ms": "0",
  // Tests of dead members do not wait for Kafka's usual six seconds.
  "group.min.session.timeout.ms": "100",
  "controlled.shutdown.max.retries": "1",
  // A follower that is stopped is out of the way soon.
  "replica.lag.time.max.ms": "5000"
}
