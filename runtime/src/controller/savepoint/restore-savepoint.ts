import { openBatch } from "@millrace/sdk/record"
import type { ApiError } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Plan } from "../../plan/index.ts"
import { type KeyedNode, type TaskLog, Transport, type TransportError } from "../../transport/transport.ts"
import { noChange } from "../run-marks.ts"
import { dropInternalTopics } from "../start/begin-anew.ts"
import { logFailed } from "../topics.ts"
import { ownTopics, producerText } from "./own-topics.ts"
import { renamedCheckpoint, type Renaming } from "./renamed-task.ts"
import { type Block, blockKinds } from "./savepoint-file.ts"
import { SavedTask, type SavepointHead } from "./savepoint-head.ts"
import { savepointFailed, Savepoints } from "./savepoints.ts"

const readTask = Schema.decodeUnknownSync(Schema.fromJsonString(SavedTask))
const restoring = "~restore"

/**
 * Makes a pipeline that stands still be as a savepoint says: what it kept before is forgotten. Done again after a kill, it does
 * the same.
 */
export const restoreSavepoint = Effect.fn("restoreSavepoint")(function* (
  plan: Plan,
  place: { readonly pipeline: string; readonly savepoint: string; readonly now: number }
): Effect.fn.Return<void, ApiError, Savepoints | Transport> {
  const savepoints = yield* Savepoints
  const { blocks, head } = yield* savepoints.blocks(place.pipeline, place.savepoint)
  yield* fill(plan, head, blocks, place.now).pipe(
    Effect.catchTag("TransportError", (error) => Effect.fail(logFailed(error)))
  )
})

const fill = Effect.fnUntraced(function* (
  plan: Plan,
  head: SavepointHead,
  blocks: Iterable<Block>,
  now: number
): Effect.fn.Return<void, ApiError | TransportError, Transport> {
  const transport = yield* Transport
  const { pipeline } = plan.pipeline
  yield* clear(pipeline)
  for (const text of plan.physical.schemas) yield* transport.putSchema(text)
  for (const spec of plan.physical.topics) yield* transport.ensureTopic(spec)
  const topics = yield* topicPlaces(plan, head)
  const keyed = yield* openStates(pipeline, head)
  const logs = new Map<string, TaskLog>()
  const logOf = Effect.fnUntraced(function* (node: string, partition: number, own?: KeyedNode) {
    const name = `${node} ${partition} ${own?.node ?? ""}`
    const known = logs.get(name)
    if (known !== undefined) return known
    const log = yield* transport.openTask({ pipeline, node, partition }, own)
    logs.set(name, log)
    return log
  })
  const heads = new Set(plan.physical.chains.map((chain) => chain.head))
  const renaming = renamingOf(plan, head, topics)
  for (const { kind, payload } of yield* reading(() => blocks)) {
    if (kind === blockKinds.schema) yield* transport.putSchema(payload.toString("utf8"))
    if (kind === blockKinds.state) {
      const own = keyed[payload.readUInt16LE(0)]
      if (own === undefined) continue
      const log = yield* logOf(restoring, payload.readUInt16LE(2), own)
      yield* log.commit({ ...noChange, state: payload.subarray(4), completed: false, now })
    }
    if (kind === blockKinds.frame) {
      const topic = topics[payload.readUInt16LE(0)]
      const frame = payload.subarray(12)
      const { partition: producing, producer } = openBatch(frame)
      const name = head.producers[String(producer)]
      if (topic === undefined || name === undefined) continue
      const partition = payload.readUInt16LE(2)
      topic.first(partition, payload.readBigUInt64LE(4))
      const log = yield* logOf(name, producing)
      const output = { topic: topic.name, partition, frame }
      yield* log.commit({ ...noChange, outputs: [output], completed: false, now })
    }
    if (kind === blockKinds.task) {
      const saved = yield* reading(() => readTask(payload.toString("utf8")))
      if (!heads.has(saved.node)) continue
      yield* transport.restoreCheckpoint(
        { pipeline, node: saved.node, partition: saved.partition },
        renamedCheckpoint(saved, renaming)
      )
    }
  }
  yield* transport.forget(pipeline, [restoring])
})

const reading = <A>(read: () => A): Effect.Effect<A, ApiError> =>
  Effect.try({ try: read, catch: savepointFailed })

const clear = Effect.fnUntraced(function* (pipeline: string) {
  const transport = yield* Transport
  yield* dropInternalTopics(
    pipeline,
    (name) => !name.startsWith(`${pipeline}.replay.`) && !name.startsWith(`${pipeline}.inbox.`)
  )
  const checkpoints = yield* transport.checkpoints(pipeline)
  const states = yield* transport.statesOf(pipeline)
  const names = [...checkpoints.map(({ task }) => task.node), ...states.map(({ node }) => node)]
  const forgotten = names.filter(
    (node) => node === restoring || !(node.startsWith("~") || node.endsWith(".inbox"))
  )
  yield* transport.forget(pipeline, [...new Set(forgotten)])
})

interface TopicPlace {
  readonly from: string
  readonly name: string
  /** Says where the first frame of a partition stood. */
  readonly first: (partition: number, base: bigint) => void
  readonly offset: (partition: number, next: bigint) => bigint
}

/** Where the topics of the savepoint go on: behind what stands there already. Undefined for one that the plan has no more. */
const topicPlaces = Effect.fnUntraced(function* (plan: Plan, head: SavepointHead) {
  const transport = yield* Transport
  const own = ownTopics(plan)
  return yield* Effect.forEach(head.topics, (saved) =>
    Effect.gen(function* (): Effect.fn.Return<TopicPlace | undefined, TransportError> {
      const target = own.find(({ topic }) =>
        saved.producer === undefined
          ? topic.name === renamedTopic(saved.name, head.pipeline, plan.pipeline.pipeline)
          : producerText(topic) === saved.producer
      )?.topic
      if (target === undefined || target.partitions !== saved.ends.length) return undefined
      const ends = yield* Effect.forEach(saved.ends, (_, partition) => transport.end(target.name, partition))
      const bases = saved.ends.map((end) => ({ base: BigInt(end), isKnown: false }))
      return {
        from: saved.name,
        name: target.name,
        first: (partition, base) => {
          const place = bases[partition]
          if (place !== undefined && !place.isKnown) bases[partition] = { base, isKnown: true }
        },
        offset: (partition, next) => (ends[partition] ?? 0n) + next - (bases[partition]?.base ?? 0n)
      }
    })
  )
})

const renamedTopic = (name: string, from: string, to: string): string =>
  name.startsWith(`${from}.`) ? `${to}${name.slice(from.length)}` : name

const openStates = Effect.fnUntraced(function* (pipeline: string, head: SavepointHead) {
  const transport = yield* Transport
  return yield* Effect.forEach(head.states, ({ key, node, states }) =>
    Effect.gen(function* () {
      const wanted = yield* Effect.forEach(states, ({ schema, ...state }) =>
        Effect.map(transport.putSchema(schema), (hash) => ({ ...state, schema: hash }))
      )
      return { node, slots: yield* transport.openState(pipeline, node, { key, states: wanted }) }
    })
  )
})

/** A sink's token is of what its config names: with another config the sink begins anew. */
const renamingOf = (
  plan: Plan,
  head: SavepointHead,
  topics: readonly (TopicPlace | undefined)[]
): Renaming => {
  const configs = new Map(head.nodes.map(({ config, node }) => [node, config]))
  return {
    from: head.pipeline,
    to: plan.pipeline.pipeline,
    topics: new Map(topics.flatMap((topic) => (topic === undefined ? [] : [[topic.from, topic]]))),
    sinks: new Set(
      plan.nodes.filter(({ configJson, name }) => configs.get(name) === configJson).map(({ name }) => name)
    )
  }
}
