import { openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { TransportError } from "../transport.ts"
import type { Commit, Topic, TopicSpec, TransportShape } from "../transport.ts"
import { CheckpointLog, checkpointPartitions, taskName } from "./checkpoint-log.ts"
import { claimPrefix } from "./claim-prefix.ts"
import type { KafkaClient } from "./client/kafka-client.ts"
import { asking } from "./kafka-failure.ts"
import { KafkaStates } from "./kafka-states.ts"
import { KafkaTask } from "./kafka-task.ts"
import { LastSeen } from "./last-seen.ts"
import { OpenTasks } from "./open-tasks.ts"
import { hashesOf, PartitionReader } from "./partition-reader.ts"
import type { ReaderParts } from "./partition-reader.ts"
import type { IdTopic, SchemaIds } from "./schema-ids.ts"
import { TaskTransaction } from "./task-transaction.ts"
import type { OutgoingFrame } from "./task-transaction.ts"
import { kafkaName, ownName } from "./topic-name.ts"
import type { Prefixes } from "./topic-name.ts"
import { deleteKafkaTopic, ensureKafkaTopic } from "./topics.ts"

export interface KafkaLogParts {
  readonly client: KafkaClient
  readonly ids: SchemaIds
  /** What lies in the folder: state, ids, and which topics there are. */
  readonly local: TransportShape
  readonly prefixes: Prefixes
  /** Copies of each partition; undefined: as the cluster has it. */
  readonly replicas: number | undefined
  /** Whose prefix it is; undefined: anybody's. */
  readonly platform?: string | undefined
  /** More settings of compacted streams' topics. */
  readonly compactedConfigs?: { readonly [key: string]: string } | undefined
}

/** Topics, commits and checkpoints in Kafka, over a local store. Made by the layer. */
export class KafkaLog {
  private readonly parts: KafkaLogParts
  private readonly readers: Map<string, PartitionReader> = new Map()
  private readonly readerParts: ReaderParts
  private readonly checkpoints: CheckpointLog
  private readonly states: KafkaStates
  private readonly open = new OpenTasks()
  private readonly topics: Map<string, Topic> = new Map()
  private readonly changelogs: Set<string> = new Set()
  /** Ids by topic and hash. */
  private readonly schemaIds: Map<string, number> = new Map()

  private constructor(parts: KafkaLogParts) {
    const { client, ids, local, prefixes } = parts
    this.parts = parts
    this.readerParts = { client, ids, local, hashes: { own: new Map(), streams: new Map() } }
    this.checkpoints = new CheckpointLog(client, `${prefixes.own}checkpoints`)
    this.states = new KafkaStates({
      client,
      local,
      checkpoints: this.checkpoints,
      nodeId: (pipeline, node) => this.nodeId(pipeline, node),
      write: (id, frames) => this.write(id, frames),
      changelog: (pipeline, node, generation, partitions) =>
        this.changelog(this.changelogName(pipeline, node, generation), partitions),
      dropChangelog: (pipeline, node, generation) =>
        this.dropChangelog(this.changelogName(pipeline, node, generation)),
      reader: (kafkaTopic, partition) =>
        new PartitionReader(this.readerParts, { kafkaTopic, internal: true }, partition),
      open: this.open
    })
  }

  static readonly make = Effect.fnUntraced(function* (parts: KafkaLogParts) {
    const log = new KafkaLog(parts)
    for (const topic of yield* parts.local.topics) log.topics.set(topic.name, topic)
    const { client, platform, replicas } = parts
    const { checkpoints } = log
    const name = checkpoints.topic
    yield* ensureKafkaTopic(client, { name, partitions: checkpointPartitions, replicas, isCompacted: true })
    if (platform !== undefined)
      yield* claimPrefix({
        client,
        checkpoints,
        platform,
        ids: parts.ids.origin,
        prefix: parts.prefixes.own,
        hasWorked: log.topics.size > 0
      })
    return log.shape()
  })

  private shape(): TransportShape {
    const { client, local } = this.parts
    const { checkpoints, open, states } = this
    const taskParts = {
      client,
      local,
      checkpoints,
      states,
      open,
      prefix: this.parts.prefixes.own,
      outgoing: (output: Commit["outputs"][number]) => this.outgoing(output),
      inputName: (topic: string) => this.nameOf(topic),
      readFrom: (topic: string, partition: number) => this.readers.get(`${topic}/${partition}`)?.topicId,
      nodeId: (pipeline: string, node: string) => this.nodeId(pipeline, node)
    }
    // A reader of its own: tasks' readers keep what they have fetched.
    const look: TransportShape["read"] = (topic, partition, offset, maxBytes) =>
      Effect.flatMap(this.known(topic, partition), (place) =>
        new PartitionReader(this.readerParts, place, partition).read(offset, maxBytes)
      )
    const end: TransportShape["end"] = (topic, partition) => this.offset(topic, partition, "lastStable")
    return {
      ...local,
      remote: new LastSeen(client, {
        checkpoints: (pipeline) => checkpoints.ofPipeline(pipeline),
        end,
        read: look
      }).remote,
      ensureTopic: (spec) => this.ensureTopic(spec),
      deleteTopic: (name) => this.deleteTopic(name),
      start: (topic, partition) => this.offset(topic, partition, "earliest"),
      end,
      read: (topic, partition, offset, maxBytes) =>
        Effect.flatMap(this.reader(topic, partition), (reader) => reader.read(offset, maxBytes)),
      waitFor: (topic, partition, offset) =>
        Effect.flatMap(this.reader(topic, partition), (reader) => reader.waitFor(offset)),
      // A broker acknowledges what all copies in sync have, and counts no records.
      appended: (topic, partition) =>
        Effect.map(this.offset(topic, partition, "lastStable"), (end) => ({ given: end, kept: end })),
      flushed: Effect.void,
      nodeId: (pipeline, node) => this.nodeId(pipeline, node),
      openState: (pipeline, node, wanted) => states.settle(pipeline, node, wanted),
      statesOf: (pipeline) => states.statesOf(pipeline),
      scanState: (pipeline, node, query) => states.scan(pipeline, node, query),
      refreshState: (pipeline, node, partition) => states.refreshState(pipeline, node, partition),
      restageState: (pipeline, node, wanted, migrate) => states.restage(pipeline, node, wanted, migrate),
      checkpoints: (pipeline) => checkpoints.ofPipeline(pipeline),
      beginRun: (pipeline, run) => this.write(`run ${pipeline}`, [checkpoints.runFrame(pipeline, run)]),
      openTask: (task, keyed, run) => KafkaTask.open(taskParts, task, keyed, run),
      forget: (pipeline, nodes) => this.forget(pipeline, nodes),
      restoreCheckpoint: (task) =>
        unsupported(
          `a savepoint cannot be taken up by a platform on Kafka yet (task ${task.node}): apply without --from, and set the pipeline back in what it reads by millrace pipeline reset`
        ),
      snapshot: () =>
        unsupported("a backup does not have what lies in Kafka: copy the cluster's topics instead")
    }
  }

  private ensureTopic(spec: TopicSpec): Effect.Effect<Topic, TransportError> {
    return Effect.gen({ self: this }, function* () {
      const { client, compactedConfigs, local, prefixes, replicas } = this.parts
      if (!spec.internal && kafkaName(spec, prefixes).startsWith(prefixes.own))
        return yield* unsupported(
          `stream ${spec.name}: topics that begin with ${prefixes.own} are the platform's own in Kafka; name the stream otherwise, or set kafka.prefix`
        )
      const before = this.topics.get(spec.name)
      const isCompacted = spec.compact === true
      const topicId = yield* ensureKafkaTopic(client, {
        name: kafkaName(spec, prefixes),
        partitions: spec.partitions,
        replicas,
        isCompacted,
        retainBytes: spec.retainBytes,
        configs: isCompacted ? compactedConfigs : undefined,
        // One that was never said to be kept otherwise is not asked about: that wants a permission of its own.
        follows: [before, spec].some((each) => each?.compact === true || each?.retainBytes !== undefined)
      })
      // What a reader has ready of one that was deleted elsewhere is not this one's.
      this.dropReaders(spec.name, (reader) => reader.topicId !== topicId)
      const topic = yield* local.ensureTopic(spec)
      this.topics.set(spec.name, topic)
      return topic
    })
  }

  private deleteTopic(name: string): Effect.Effect<void, TransportError> {
    return Effect.gen({ self: this }, function* () {
      const topic = this.topics.get(name)
      if (topic !== undefined)
        yield* deleteKafkaTopic(this.parts.client, kafkaName(topic, this.parts.prefixes))
      this.topics.delete(name)
      this.dropReaders(name, () => true)
      yield* this.parts.local.deleteTopic(name)
    })
  }

  private dropReaders(topic: string, isStale: (reader: PartitionReader) => boolean): void {
    for (const [place, reader] of this.readers)
      if (place.startsWith(`${topic}/`) && isStale(reader)) this.readers.delete(place)
  }

  private offset(
    topic: string,
    partition: number,
    at: "earliest" | "lastStable"
  ): Effect.Effect<bigint, TransportError> {
    return Effect.flatMap(this.known(topic, partition), ({ kafkaTopic }) =>
      Effect.map(
        asking(() => this.parts.client.listOffsets([{ topic: kafkaTopic, partition }], at)),
        ([found]) => found?.offset ?? 0n
      )
    )
  }

  /** The topic in Kafka. Fails with `unknownTopic` for one or a partition that is not there. */
  private known(name: string, partition: number): Effect.Effect<IdTopic, TransportError> {
    const topic = this.topics.get(name)
    if (topic !== undefined && partition >= 0 && partition < topic.partitions)
      return Effect.succeed({
        kafkaTopic: kafkaName(topic, this.parts.prefixes),
        internal: topic.internal
      })
    return Effect.fail(
      new TransportError({
        reason: "unknownTopic",
        message: `there is no partition ${partition} of a topic ${name}`
      })
    )
  }

  private nameOf(name: string): string | undefined {
    const topic = this.topics.get(name)
    return topic === undefined ? undefined : kafkaName(topic, this.parts.prefixes)
  }

  private reader(topic: string, partition: number): Effect.Effect<PartitionReader, TransportError> {
    return Effect.map(this.known(topic, partition), (place) => {
      const name = `${topic}/${partition}`
      const known = this.readers.get(name)
      if (known !== undefined) return known
      const made = new PartitionReader(this.readerParts, place, partition)
      this.readers.set(name, made)
      return made
    })
  }

  private outgoing(output: Commit["outputs"][number]): Effect.Effect<OutgoingFrame, TransportError> {
    const { frame, partition, topic } = output
    return Effect.gen({ self: this }, function* () {
      const place = yield* this.known(topic, partition)
      const { hasControl: isControl, schemaHash } = openBatch(frame)
      const schemaId = yield* this.schemaIdOf({ ...place, isControl }, schemaHash)
      const isCompacted = this.topics.get(topic)?.compact === true
      return { topic: place.kafkaTopic, partition, frame, schemaId, isCompacted }
    })
  }

  private schemaIdOf(
    topic: IdTopic & { readonly isControl: boolean },
    hash: Uint8Array
  ): Effect.Effect<number, TransportError> {
    const place = `${topic.kafkaTopic} ${Buffer.from(hash).toString("hex")}`
    const known = this.schemaIds.get(place)
    if (known !== undefined) return Effect.succeed(known)
    return Effect.gen({ self: this }, function* () {
      const { ids, local } = this.parts
      const text = yield* local.schema(hash)
      if (text === undefined)
        return yield* Effect.die(
          new RangeError(`a frame for ${topic.kafkaTopic} is of a schema that nobody has stored`)
        )
      const id = yield* ids.idOf(topic, text)
      this.schemaIds.set(place, id)
      hashesOf(this.readerParts.hashes, topic).set(id, hash)
      return id
    })
  }

  private nodeId(pipeline: string, node: string): Effect.Effect<number, TransportError> {
    return this.checkpoints.nodeId(pipeline, node, (frame) => this.write(`node ${pipeline}/${node}`, [frame]))
  }

  /** Writes frames of the platform's own in a transaction. Who looks afterwards finds them, on whatever machine. */
  private write(id: string, frames: readonly OutgoingFrame[]): Effect.Effect<void, TransportError> {
    const { client, prefixes } = this.parts
    const written = asking(async () => {
      const transaction = await TaskTransaction.open(client, `${prefixes.own}${id}`)
      await transaction.commit(frames, { name: "", offsets: [] })
      return transaction.producerId
    })
    return Effect.flatMap(written, (producer) => this.checkpoints.settled(producer, frames))
  }

  private changelog(name: string, atLeast: number): Effect.Effect<string, TransportError> {
    if (this.changelogs.has(name)) return Effect.succeed(name)
    const { client, replicas } = this.parts
    // A node has as many tasks as a topic that it reads has partitions.
    const partitions = Math.max(atLeast, ...[...this.topics.values()].map((topic) => topic.partitions))
    const wanted = { name, partitions, atLeast, replicas, isCompacted: true }
    return Effect.map(ensureKafkaTopic(client, wanted), () => {
      this.changelogs.add(name)
      return name
    })
  }

  private dropChangelog(name: string): Effect.Effect<void, TransportError> {
    this.changelogs.delete(name)
    return deleteKafkaTopic(this.parts.client, name)
  }

  private changelogName(pipeline: string, node: string, generation: number): string {
    const suffix = generation === 0 ? "-changelog" : `-changelog-${generation}`
    return ownName(`${pipeline}/${node}`, suffix, this.parts.prefixes)
  }

  /** What is forgotten has no checkpoint, in Kafka too, and no changelog. */
  private forget(
    pipeline: string,
    nodes: readonly string[] | undefined
  ): Effect.Effect<void, TransportError> {
    return Effect.gen({ self: this }, function* () {
      const { local } = this.parts
      const isGoing = (node: string): boolean => nodes === undefined || nodes.includes(node)
      const going = new Set([...(yield* this.checkpoints.layoutsOf(pipeline)).keys()].filter(isGoing))
      for (const { task } of yield* this.checkpoints.ofPipeline(pipeline)) {
        if (!isGoing(task.node)) continue
        yield* this.write(taskName(task), [this.checkpoints.frame(task, undefined, 0)])
        going.add(task.node)
      }
      yield* this.states.forget(pipeline, going)
      const forgotten = yield* this.checkpoints.forgottenNodes(pipeline, nodes)
      if (forgotten.length > 0) yield* this.write(`node ${pipeline}`, forgotten)
      yield* local.forget(pipeline, nodes)
    })
  }
}

const unsupported = (message: string): Effect.Effect<never, TransportError> =>
  Effect.fail(new TransportError({ reason: "unsupported", message }))
