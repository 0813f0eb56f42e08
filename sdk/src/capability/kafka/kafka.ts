import type { GuestHost } from "../../guest/abi.ts"
import type { Permission } from "../../permission/permission.ts"
import type { Capability } from "../capability.ts"
import { type HostEffect, hostRequest } from "../host-request.ts"
import { fromConfig } from "../template.ts"
import { type KafkaError, kafkaError } from "./kafka-error.ts"
import { type KafkaRecord, unpackKafkaRecords } from "./packed-records.ts"

export type KafkaEffect<A> = HostEffect<A, KafkaError>

/** Where a reading may begin; a number is a time, ms since 1970: the first record that is not older. */
export type KafkaStart = "earliest" | "latest" | number

export interface KafkaFetch {
  readonly partition: number
  /** The first record that is wanted. */
  readonly offset: bigint
  readonly maxRecords: number
  /** About; one record comes at least, where there is one. */
  readonly maxBytes: number
  /** `committed`: records of transactions that are open or were aborted are left out, as a `read_committed` consumer does. */
  readonly isolation: "committed" | "uncommitted"
}

export interface KafkaFetched {
  readonly records: readonly KafkaRecord[]
  /** The offset after all that was looked at, where the next fetch goes on: beyond the last record where others were left out. */
  readonly next: bigint
  /** There is more to fetch at once. */
  readonly more: boolean
}

/**
 * Reads the topic that the config names, by its partitions; the place is the plugin's to keep. No consumer group is needed. Where the
 * config names a `group`, the worker commits its offsets to it as they are asked for, which is after their commit here: for tools
 * that show lag, and for nothing else.
 *
 * Host requests, payload and result being JSON:
 *
 * | operation | payload | result | bytes out |
 * |---|---|---|---|
 * | `partitions` | `{}` | `{ count }` | |
 * | `offset` | `{ partition, at }` | `{ offset }` | |
 * | `fetch` | `{ partition, offset, maxRecords, maxBytes, isolation }` | `{ next, more }` | packed records |
 *
 * Offsets are decimal text. Error codes are those of `KafkaErrorCode`.
 */
export interface KafkaReader {
  /** How many partitions the topic has now, from 0 on. Partitions may be added, never taken away. */
  partitions(): KafkaEffect<number>
  /** The offset at which a reading begins; behind the last record where none is that young. */
  offset(partition: number, at: KafkaStart): KafkaEffect<bigint>
  /** What follows an offset, and is there already. */
  fetch(request: KafkaFetch): KafkaEffect<KafkaFetched>
}

/** How records are compressed on their way and in the topic. */
export type KafkaCompression = "none" | "gzip" | "snappy" | "lz4" | "zstd"

/** What was published under a name; see {@link KafkaWriter.publish}. */
export interface KafkaPublication {
  /** Of this node: writers of different places do not know of each other. A number from 0. */
  readonly place: number
  /** Names a row of publications; another one begins anew. */
  readonly run: string
  /** One more than the publication before, from 0. */
  readonly sequence: number
  readonly compression: KafkaCompression
}

/**
 * Writes to the topic that the config names. A record goes to the partition that Kafka's own producers take: murmur2 of its key; one
 * without a key to the partition of its batch. Every write waits for all copies in sync (`acks=all`).
 *
 * Host requests; `bytes` are packed records, in zlib's raw deflate where `deflated` says so:
 *
 * | operation | payload | bytes in | result |
 * |---|---|---|---|
 * | `partitions` | `{}` | | `{ count }` |
 * | `send` | `{ place, compression, deflated }` | packed records | `{}` |
 * | `published` | `{ place, run }` | | `{ sequence }` |
 * | `publish` | `{ place, run, sequence, compression, deflated }` | packed records | `{ published }` |
 *
 * Error codes are those of `KafkaErrorCode`.
 */
export interface KafkaWriter {
  /** How many partitions the topic has now. */
  partitions(): KafkaEffect<number>
  /** Writes at least once: an idempotent producer repeats nothing by itself, but whoever sends again writes again. */
  send(place: number, records: PackedRecords, compression: KafkaCompression): KafkaEffect<void>
  /** Number of the last publication of a run that is in the topic; -1: none. Takes the place over: another process is fenced off. */
  published(place: number, run: string): KafkaEffect<number>
  /**
   * Writes exactly once: records and the publication's number become visible in one transaction, and one that was published does
   * nothing again, whoever asks. A publication must be repeated until it succeeds before the next of its place is made. False:
   * it was published before.
   */
  publish(publication: KafkaPublication, records: PackedRecords): KafkaEffect<boolean>
}

/** What `packKafkaRecords` answers, or that in raw deflate. */
export interface PackedRecords {
  readonly bytes: Uint8Array
  readonly deflated: boolean
}

const brokers = fromConfig("brokers")
const topic = fromConfig("topic")
const group = fromConfig("group", { optional: true })

const secrets: readonly Permission[] = ["auth.secret", "tls.key"].map((key) => ({
  kind: "secret",
  name: fromConfig(key, { optional: true }),
  mode: "inject",
  brokers
}))

const read = (): Capability<KafkaReader> => ({
  keyed: false,
  need: {
    need: "permissions",
    permissions: [
      { kind: "kafka", brokers, topic, access: "read" },
      { kind: "kafka-group", brokers, group },
      ...secrets
    ],
    make: (host, handle) => {
      const ask = asking(host, handle)
      return {
        partitions: () => ask("partitions", {}, countIn),
        offset: (partition, at) => ask("offset", { partition, at }, (result) => offsetIn(result, "offset")),
        fetch: (request) =>
          ask("fetch", { ...request, offset: String(request.offset) }, (result, bytes) => ({
            records: bytes === undefined ? [] : unpackKafkaRecords(bytes),
            next: offsetIn(result, "next"),
            more: member(result, "more") === true
          }))
      }
    }
  }
})

const write = (): Capability<KafkaWriter> => ({
  keyed: false,
  need: {
    need: "permissions",
    permissions: [{ kind: "kafka", brokers, topic, access: "write" }, ...secrets],
    make: (host, handle) => {
      const ask = asking(host, handle)
      return {
        partitions: () => ask("partitions", {}, countIn),
        send: (place, { bytes, deflated }, compression) =>
          ask("send", { place, compression, deflated }, () => undefined, bytes),
        published: (place, run) =>
          ask("published", { place, run }, (result) => Number(member(result, "sequence"))),
        publish: (publication, { bytes, deflated }) =>
          ask(
            "publish",
            { ...publication, deflated },
            (result) => member(result, "published") === true,
            bytes
          )
      }
    }
  }
})

/**
 * A topic of Kafka that Millrace does not own, to read or to write. Which one says the node's config, which has `kafkaConfig`: an
 * operator grants its brokers and its topic, and each secret that it names towards these brokers.
 */
export const kafka = { read, write } as const

const asking =
  (host: GuestHost, handle: string) =>
  <A>(
    operation: string,
    payload: unknown,
    answer: (result: unknown, bytes: Uint8Array | undefined) => A,
    bytes?: Uint8Array
  ): KafkaEffect<A> =>
    hostRequest<A, KafkaError>(host, {
      handle,
      operation,
      payload,
      bytes,
      answer,
      failure: kafkaError(handle)
    })

const countIn = (result: unknown): number => {
  const count = member(result, "count")
  if (typeof count !== "number") throw new Error("the worker's answer has no count of partitions")
  return count
}

const offsetIn = (result: unknown, name: string): bigint => {
  const offset = member(result, name)
  if (typeof offset !== "string" || !/^\d{1,19}$/.test(offset))
    throw new Error(`the worker's answer has no offset '${name}'`)
  return BigInt(offset)
}

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
