import { openBatch, processingTimers, StateEntryWriter } from "@millrace/sdk/record"
import type { ApiError } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import type { Plan } from "../../plan/index.ts"
import { type KeptEntry, type NodeState, Transport, type TransportError } from "../../transport/transport.ts"
import type { StoredPipeline } from "../store.ts"
import { logFailed } from "../topics.ts"
import { type OwnTopic, ownTopics, producerText } from "./own-topics.ts"
import { blockKinds, type SavepointWriter } from "./savepoint-file.ts"
import type { SavedTask, SavepointHead } from "./savepoint-head.ts"
import { savepointFailed, Savepoints } from "./savepoints.ts"

const readBytes = 4 * 1024 * 1024
const pageEntries = 2_000

/**
 * Writes down everything that a pipeline keeps, while it stands still: between commits of all its tasks nothing is on the way
 * but what lies in topics of its own, and that is written down too.
 */
export const takeSavepoint = Effect.fn("takeSavepoint")(function* (
  stored: StoredPipeline,
  plan: Plan,
  options: { readonly savepoint: string; readonly now: number }
): Effect.fn.Return<number, ApiError, Savepoints | Transport> {
  const savepoints = yield* Savepoints
  const writer = yield* savepoints.begin(stored.pipeline, options.savepoint)
  yield* writeAll(writer, stored, plan, options).pipe(
    Effect.catchTag("TransportError", (error) => Effect.fail(logFailed(error))),
    Effect.andThen(Effect.try({ try: () => writer.finish(), catch: savepointFailed })),
    Effect.onError(() => Effect.sync(() => writer.abandon()))
  )
  return writer.bytes
})

const writeAll = Effect.fnUntraced(function* (
  writer: SavepointWriter,
  stored: StoredPipeline,
  plan: Plan,
  { now, savepoint }: { readonly savepoint: string; readonly now: number }
): Effect.fn.Return<void, ApiError | TransportError, Transport> {
  const transport = yield* Transport
  const { pipeline } = stored
  const put = (work: () => void) => Effect.try({ try: work, catch: savepointFailed })
  const planned = new Set(plan.nodes.map(({ name }) => name))
  const states = (yield* transport.statesOf(pipeline)).filter(({ node }) => planned.has(node))
  const tasks = (yield* transport.checkpoints(pipeline)).filter(({ task }) => !isOfThePlatform(task.node))
  const own = ownTopics(plan)
  const ends = yield* Effect.forEach(own, ({ topic }) =>
    Effect.forEach(partitionsOf(topic.partitions), (partition) => transport.end(topic.name, partition))
  )
  const heads = [
    ...new Set([...tasks.map(({ task }) => task.node), ...plan.physical.chains.map(({ head }) => head)])
  ]
  const producers: { [id: string]: string } = {}
  for (const head of heads) producers[String(yield* transport.nodeId(pipeline, head))] = head
  const head: SavepointHead = {
    format: 1,
    pipeline,
    savepoint,
    revision: stored.revision,
    planHash: stored.planHash,
    takenAt: now,
    nodes: plan.nodes.map(({ configJson, name }) => ({ node: name, config: configJson })),
    topics: own.map(({ topic }, index) => {
      const producer = producerText(topic)
      return {
        name: topic.name,
        internal: topic.internal,
        ...(producer === undefined ? {} : { producer }),
        ends: (ends[index] ?? []).map(String)
      }
    }),
    states: states.map(({ key, node, states: laid }) => ({
      node,
      key,
      states: laid.map(({ slot: _, ...state }) => state)
    })),
    producers
  }
  yield* put(() => writer.addJson(blockKinds.head, head))
  for (const [index, state] of states.entries()) yield* writeState(writer, pipeline, state, index)
  const seen = new Set<string>()
  for (const [index, topic] of own.entries()) {
    for (const partition of partitionsOf(topic.topic.partitions)) {
      const from = topic.isTable ? 0n : leastNext(topic, partition, tasks)
      yield* writeFrames(writer, { index, topic: topic.topic.name, partition, from, seen })
    }
  }
  for (const { checkpoint, task } of tasks) {
    const offsets = checkpoint.offsets.map((offset) => ({ ...offset, next: String(offset.next) }))
    const saved: SavedTask = { node: task.node, partition: task.partition, ...checkpoint, offsets }
    yield* put(() => writer.addJson(blockKinds.task, saved))
  }
})

/** Marks, replays and inboxes are not of the run. */
const isOfThePlatform = (node: string): boolean => node.startsWith("~") || node.endsWith(".inbox")

const partitionsOf = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, partition) => partition)

type Tasks = Effect.Success<ReturnType<(typeof Transport)["Service"]["checkpoints"]>>

const leastNext = ({ readers, topic }: OwnTopic, partition: number, tasks: Tasks): bigint => {
  const places = readers.map((head) => {
    const place = tasks.find(({ task }) => task.node === head && task.partition === partition)
    const offsets = place?.checkpoint.offsets ?? []
    return offsets.find((offset) => offset.topic === topic.name && offset.partition === partition)?.next ?? 0n
  })
  return places.reduce((least, next) => (next < least ? next : least), places[0] ?? 0n)
}

const writeState = Effect.fnUntraced(function* (
  writer: SavepointWriter,
  pipeline: string,
  state: NodeState,
  index: number
) {
  const transport = yield* Transport
  const indexes = new Map(state.states.map(({ slot }, at) => [slot, at]))
  for (const partition of state.partitions) {
    let after: Uint8Array | undefined
    for (;;) {
      const page: readonly KeptEntry[] = yield* transport.scanState(pipeline, state.node, {
        partition,
        limit: pageEntries,
        ...(after === undefined ? {} : { after })
      })
      after = page.at(-1)?.place
      if (after === undefined) break
      yield* Effect.try({
        try: () => writer.add(blockKinds.state, placeBytes(index, partition), entriesOf(page, indexes)),
        catch: savepointFailed
      })
      yield* Effect.yieldNow
    }
  }
})

const entriesOf = (page: readonly KeptEntry[], indexes: ReadonlyMap<number, number>): Uint8Array => {
  const entries = new StateEntryWriter(64 * 1024 * 1024)
  for (const { expiry, key, mapKey, slot, value } of page) {
    const index = slot >= processingTimers ? slot : indexes.get(slot)
    if (index !== undefined) entries.put(index, key, mapKey, expiry, value)
  }
  return entries.finish()
}

const writeFrames = Effect.fnUntraced(function* (
  writer: SavepointWriter,
  place: {
    readonly index: number
    readonly topic: string
    readonly partition: number
    readonly from: bigint
    readonly seen: Set<string>
  }
) {
  const transport = yield* Transport
  const { index, partition, seen, topic } = place
  for (let at = place.from; ;) {
    const batches = yield* transport.read(topic, partition, at, readBytes)
    if (batches.length === 0) return
    for (const { baseOffset, frame } of batches) {
      const { count, schemaHash } = openBatch(frame)
      const name = Buffer.from(schemaHash).toString("hex")
      const text = seen.has(name) ? undefined : yield* transport.schema(schemaHash)
      seen.add(name)
      const base = Buffer.allocUnsafe(8)
      base.writeBigUInt64LE(baseOffset)
      yield* Effect.try({
        try: () => {
          if (text !== undefined) writer.add(blockKinds.schema, Buffer.from(text))
          writer.add(blockKinds.frame, placeBytes(index, partition), base, frame)
        },
        catch: savepointFailed
      })
      at = baseOffset + BigInt(count)
    }
    yield* Effect.yieldNow
  }
})

const placeBytes = (index: number, partition: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt16LE(index, 0)
  bytes.writeUInt16LE(partition, 2)
  return bytes
}
