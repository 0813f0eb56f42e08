import { inflateRawSync } from "node:zlib"
import type { HostReply, HostRequest, HostRequestError } from "@millrace/sandbox"
import { packKafkaRecords, unpackKafkaRecords } from "@millrace/sdk"
import type { Permission } from "@millrace/sdk/permission"
import * as Effect from "effect/Effect"
import type * as Semaphore from "effect/Semaphore"
import type { KafkaClient } from "../../../transport/kafka/client/kafka-client.ts"
import { compressions } from "../../../transport/kafka/record-batch/compression/compression.ts"
import type { ForeignRecord } from "../../../transport/kafka/record-batch/foreign/foreign-record.ts"
import { member, refuse } from "../request-failure.ts"
import type { SecretSource } from "../secret-source.ts"
import type { KafkaClusters } from "./kafka-clusters.ts"
import { failureOf, kafkaFailure } from "./kafka-failure.ts"
import { clientOptions, type GrantedTopic, type KafkaAccess } from "./kafka-settings.ts"
import { Publisher } from "./publisher.ts"
import { Sender } from "./sender.ts"
import { TopicReader } from "./topic-reader.ts"
import { partitionCount } from "./topic-writer.ts"

/** What guests' requests to Kafka are served with. */
export interface KafkaService {
  readonly clusters: KafkaClusters
  /** Of this installation, that transactional ids of two of them on one cluster differ. */
  readonly installation: string
  /** Requests of all nodes at one time. */
  readonly slots: Semaphore.Semaphore
}

/** Before the transactional ids and groups of publications: what an ACL names. */
const ownPrefix = "millrace.sink"

/** What a node has of Kafka in this worker: readers and writers keep what they have under way. */
export class KafkaNode {
  readonly access: KafkaAccess
  readonly reader = new TopicReader()
  readonly #name: string
  readonly #publishers = new Map<string, Publisher>()
  readonly #senders = new Map<string, Sender>()

  /** `name`: of pipeline and node. */
  constructor(name: string, access: KafkaAccess) {
    this.#name = name
    this.access = access
  }

  publisher({ installation }: KafkaService, place: number): Publisher {
    const id = `${ownPrefix}.${installation}.${this.#name}.${place}`
    return known(this.#publishers, id, () => new Publisher(id))
  }

  sender(place: number): Sender {
    return known(this.#senders, String(place), () => new Sender())
  }
}

const known = <A>(all: Map<string, A>, name: string, make: () => A): A => {
  const found = all.get(name) ?? make()
  all.set(name, found)
  return found
}

/** What a handle that asks was granted. */
export interface KafkaCaller {
  readonly node: KafkaNode
  readonly topic: GrantedTopic
  readonly permissions: readonly Permission[]
}

const maxReadBytes = 2 * 1024 * 1024
const maxReadRecords = 100_000
const mostPlace = 65_535
/** What a write may come to when it is inflated. */
const maxWriteBytes = 64 * 1024 * 1024

/** Serves the operations of the SDK's capability/kafka, where they and their codes are documented. */
export function serveKafka(
  caller: KafkaCaller,
  request: HostRequest,
  service: KafkaService,
  secrets: SecretSource
): Effect.Effect<HostReply, HostRequestError> {
  const served = operations[request.operation]
  const { access } = caller.topic
  if (served === undefined || (served.access !== undefined && served.access !== access))
    return refuse(
      "PERMISSION_DENIED",
      `'${request.operation}' is not granted: this handle may ${access} a topic`
    )
  return Effect.gen(function* () {
    const options = yield* clientOptions(caller.topic, caller.node.access, caller.permissions, secrets)
    const asked = Effect.tryPromise({
      try: async () =>
        served.serve({ ...caller, client: await service.clusters.client(options), service }, request),
      catch: (cause) =>
        cause instanceof InvalidRequest ? kafkaFailure("REQUEST_INVALID", cause.message) : failureOf(cause)
    })
    return yield* service.slots.withPermit(asked)
  })
}

interface Asking extends KafkaCaller {
  readonly client: KafkaClient
  readonly service: KafkaService
}

interface Operation {
  /** Absent: either will do. */
  readonly access?: GrantedTopic["access"]
  readonly serve: (asking: Asking, request: HostRequest) => Promise<HostReply>
}

const operations: { readonly [operation: string]: Operation | undefined } = {
  partitions: {
    serve: async ({ client, topic }) => ({ result: { count: await partitionCount(client, topic.topic) } })
  },
  offset: {
    access: "read",
    serve: async ({ client, topic: { topic } }, { payload }) => {
      const partitions = [{ topic, partition: wholeIn(payload, "partition") }]
      const at = member(payload, "at")
      if (at !== "earliest" && at !== "latest" && !Number.isSafeInteger(at))
        throw new InvalidRequest("'at' is earliest, latest or a time")
      const [found] = await client.listOffsets(partitions, typeof at === "number" ? BigInt(at) : asPlace(at))
      // No record is that young: reading begins with the next.
      const [last] = found?.offset === -1n ? await client.listOffsets(partitions, "latest") : [found]
      return { result: { offset: String(last?.offset ?? 0n) } }
    }
  },
  fetch: { access: "read", serve: fetch },
  published: {
    access: "write",
    serve: async ({ client, node, service, topic }, { payload }) => {
      const publisher = node.publisher(service, placeIn(payload))
      return { result: { sequence: await publisher.published(client, topic.topic, runIn(payload)) } }
    }
  },
  publish: {
    access: "write",
    serve: async ({ client, node, service, topic }, request) => {
      const { payload } = request
      const publisher = node.publisher(service, placeIn(payload))
      const published = await publisher.publish(client, {
        topic: topic.topic,
        records: recordsIn(request),
        compression: compressionIn(payload),
        run: runIn(payload),
        sequence: wholeIn(payload, "sequence")
      })
      return { result: { published } }
    }
  },
  send: {
    access: "write",
    serve: async ({ client, node, topic }, request) => {
      const compression = compressionIn(request.payload)
      const records = recordsIn(request)
      await node.sender(placeIn(request.payload)).send(client, { topic: topic.topic, records, compression })
      return { result: {} }
    }
  }
}

async function fetch(
  { client, node, topic: { group, topic } }: Asking,
  { payload }: HostRequest
): Promise<HostReply> {
  const asked = {
    topic,
    partition: wholeIn(payload, "partition"),
    offset: offsetIn(payload),
    maxRecords: Math.max(1, Math.min(maxReadRecords, wholeIn(payload, "maxRecords"))),
    maxBytes: Math.max(1, Math.min(maxReadBytes, wholeIn(payload, "maxBytes"))),
    isolation:
      member(payload, "isolation") === "uncommitted" ? ("uncommitted" as const) : ("committed" as const)
  }
  const { more, next, records } = await node.reader.read(client, asked)
  if (group !== undefined) node.reader.tell(client, group, asked)
  const result = { next: String(next), more }
  return records.length === 0 ? { result } : { result, bytes: packKafkaRecords(records) }
}

/** The guest asks for something that cannot be done. */
class InvalidRequest extends Error {}

const asPlace = (at: unknown): "earliest" | "latest" => (at === "latest" ? "latest" : "earliest")

function wholeIn(payload: unknown, name: string): number {
  const value = member(payload, name)
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value
  throw new InvalidRequest(`'${name}' is not a whole number of at least 0`)
}

function placeIn(payload: unknown): number {
  const place = wholeIn(payload, "place")
  if (place > mostPlace) throw new InvalidRequest(`'place' is at most ${mostPlace}`)
  return place
}

function offsetIn(payload: unknown): bigint {
  const offset = member(payload, "offset")
  if (typeof offset === "string" && /^\d{1,18}$/.test(offset)) return BigInt(offset)
  throw new InvalidRequest("'offset' is no offset")
}

function runIn(payload: unknown): string {
  const run = member(payload, "run")
  if (typeof run === "string" && run !== "" && run.length <= 1_000) return run
  throw new InvalidRequest("'run' is a text of at most 1,000 characters")
}

function compressionIn(payload: unknown): (typeof compressions)[number] {
  const given = member(payload, "compression")
  const found = compressions.find((each) => each === given)
  if (found !== undefined) return found
  throw new InvalidRequest(`'compression' is one of ${compressions.join(", ")}`)
}

function recordsIn({ bytes, payload }: HostRequest): readonly ForeignRecord[] {
  try {
    const given = bytes ?? new Uint8Array()
    const isDeflated = member(payload, "deflated") === true
    return unpackKafkaRecords(
      isDeflated ? new Uint8Array(inflateRawSync(given, { maxOutputLength: maxWriteBytes })) : given
    )
  } catch {
    throw new InvalidRequest("its bytes are no packed records")
  }
}
