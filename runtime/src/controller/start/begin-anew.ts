import * as Effect from "effect/Effect"
import type { Plan } from "../../plan/index.ts"
import { type TaskId, Transport, type TransportError } from "../../transport/transport.ts"
import { inboxTopic, listeningNodes } from "../../worker/inbox/inbox-settings.ts"
import { fateTask } from "../../worker/dead-letter/letter-fates.ts"
import { marksNode, noChange } from "../run-marks.ts"

/**
 * A pipeline that has run to its end runs again from the start of its sources: its places and state are forgotten and
 * its internal topics begin anew. Streams that it names keep their records; its own readers of them go on behind those.
 */
export const beginAnew = Effect.fnUntraced(function* (pipeline: string, plan: Plan, now: number) {
  const transport = yield* Transport
  yield* dropInternalTopics(pipeline, () => true)
  yield* forgetAll(pipeline, plan)
  const own = ownStreams(plan)
  const known = new Map((yield* transport.topics).map((topic) => [topic.name, topic.partitions]))
  for (const chain of plan.physical.chains) {
    const topics = chain.inputs
      .map(({ topic }) => topic)
      .filter((topic) => own.has(topic) && known.has(topic))
    for (let partition = 0; topics.length > 0 && partition < Number(chain.partitions); partition++)
      yield* skipToEnds({ pipeline, node: chain.head, partition }, topics, now)
  }
})

/**
 * Forgets places and state of all that a pipeline ever had, but for the controller's own marks, and but for what became of
 * its dead letters: those stay in the log, and none is to be open again.
 */
export const forgetAll = Effect.fnUntraced(function* (pipeline: string, plan: Pick<Plan, "nodes">) {
  const transport = yield* Transport
  const fateNode = fateTask(pipeline).node
  const checkpoints = yield* transport.checkpoints(pipeline)
  const states = yield* transport.statesOf(pipeline)
  const nodes = new Set([
    ...checkpoints.map(({ task }) => task.node).filter((node) => node !== marksNode && node !== fateNode),
    ...states.map(({ node }) => node),
    ...plan.nodes.map(({ name }) => name)
  ])
  yield* transport.forget(pipeline, [...nodes])
})

/** The streams that a pipeline writes under names of their own. */
export const ownStreams = (plan: Plan): ReadonlySet<string> =>
  new Set(plan.topics.filter(({ internal }) => !internal).map(({ name }) => name))

/** Lets a task that has read nothing yet begin behind what its topics hold now. */
const skipToEnds = Effect.fnUntraced(function* (task: TaskId, topics: readonly string[], now: number) {
  const transport = yield* Transport
  const { partition } = task
  const offsets = yield* Effect.forEach(topics, (topic) =>
    Effect.map(transport.end(topic, partition), (next) => ({ topic, partition, next }))
  )
  const log = yield* transport.openTask(task)
  yield* log.commit({ ...noChange, offsets, completed: false, now })
})

/** Nodes that the new plan has not: their places, state and topics go. */
export const forgetRemoved = Effect.fnUntraced(function* (pipeline: string, plan: Plan) {
  const transport = yield* Transport
  const kept = new Set(plan.nodes.map(({ name }) => name))
  const topics = new Set(plan.topics.map(({ name }) => name))
  const checkpoints = yield* transport.checkpoints(pipeline)
  const states = yield* transport.statesOf(pipeline)
  const known = [...checkpoints.map(({ task }) => task.node), ...states.map(({ node }) => node)]
  const gone = new Set(known.filter((node) => !node.startsWith("~") && !isOf(kept, node)))
  if (gone.size > 0) yield* transport.forget(pipeline, [...gone])
  for (const { node } of listeningNodes(plan.physical)) topics.add(inboxTopic(pipeline, node))
  yield* dropInternalTopics(pipeline, (name) => !topics.has(name) && !name.startsWith(`${pipeline}.replay.`))
})

/** A chain that only repartitions is named `NODE.INPUT`. */
const isOf = (nodes: ReadonlySet<string>, head: string): boolean =>
  nodes.has(head) || nodes.has(head.split(".")[0] ?? "")

export const dropInternalTopics = Effect.fnUntraced(function* (
  pipeline: string,
  isDropped: (name: string) => boolean
): Effect.fn.Return<void, TransportError, Transport> {
  const transport = yield* Transport
  const topics = yield* transport.topics
  for (const { internal, name } of topics) {
    const isOwn = internal && name.startsWith(`${pipeline}.`) && name !== `${pipeline}.dead-letters`
    if (isOwn && isDropped(name)) yield* transport.deleteTopic(name)
  }
})
