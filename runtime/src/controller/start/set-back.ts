import { BatchCursor, openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import type { Plan } from "../../plan/index.ts"
import type { ChainInput, ChainPlan } from "../../plan/physical.ts"
import { Transport } from "../../transport/transport.ts"
import { frameParts } from "../../worker/input/frames.ts"
import { EventClock } from "../../worker/time/event-clock.ts"
import type { ResetTarget } from "../run-marks.ts"
import { noChange } from "../run-marks.ts"
import { dropInternalTopics, ownStreams } from "./begin-anew.ts"

const readBytes = 4 * 1024 * 1024

/** How a pipeline is set back within the streams that it reads. */
export interface SetBack {
  /** Chains that read such a stream, with those inputs; all that follows from them begins anew. */
  readonly entries: readonly { readonly chain: ChainPlan; readonly topics: readonly string[] }[]
  /** Chains that go on where they are: sources, whose streams hold what they gave. */
  readonly sources: readonly ChainPlan[]
  /** Sources whose records are in no stream, so that they cannot be read again from within. */
  readonly hidden: readonly string[]
}

/** The streams that stand first: other pipelines', and those that a source of its own writes. */
export const setBackOf = (plan: Plan): SetBack => {
  const own = ownStreams(plan)
  const { chains } = plan.physical
  const sources = chains.filter(({ inputs }) => inputs.length === 0)
  const given = new Set(sources.flatMap(({ outputs }) => outputs.map(({ topic }) => topic)))
  const internal = new Set(plan.topics.filter((topic) => topic.internal).map(({ name }) => name))
  const isFirst = (topic: string) => !internal.has(topic) && (!own.has(topic) || given.has(topic))
  return {
    sources,
    entries: chains.flatMap((chain) => {
      const topics = chain.inputs.map(({ topic }) => topic).filter(isFirst)
      return topics.length === 0 ? [] : [{ chain, topics }]
    }),
    hidden: sources
      .filter(({ outputs }) => outputs.length === 0 || outputs.some(({ topic }) => internal.has(topic)))
      .map(({ head }) => head)
  }
}

/**
 * Sets a pipeline back to a place in the streams that it reads first, while it stands still. State and places behind them
 * are forgotten, internal topics begin anew, and streams that it writes itself are read on from their ends. Done again after
 * a kill, it does the same.
 */
export const setBack = Effect.fn("setBack")(function* (
  pipeline: string,
  plan: Plan,
  target: ResetTarget,
  now: number
) {
  const transport = yield* Transport
  const { entries, sources } = setBackOf(plan)
  const staying = new Set(
    sources.flatMap(({ head, segments }) => [
      head,
      ...segments.flatMap(({ nodes }) => nodes.map(({ spec }) => spec.node))
    ])
  )
  yield* dropInternalTopics(pipeline, (name) => !name.startsWith(`${pipeline}.inbox.`))
  const checkpoints = yield* transport.checkpoints(pipeline)
  const states = yield* transport.statesOf(pipeline)
  const names = [...checkpoints.map(({ task }) => task.node), ...states.map(({ node }) => node)]
  const forgotten = names.filter(
    (node) => !staying.has(node) && !node.startsWith("~") && !node.endsWith(".inbox")
  )
  yield* transport.forget(pipeline, [...new Set(forgotten)])
  const first = new Map(entries.map(({ chain, topics }) => [chain.head, new Set(topics)]))
  const own = ownStreams(plan)
  const known = new Set((yield* transport.topics).map(({ name }) => name))
  for (const chain of plan.physical.chains) {
    const placed = chain.inputs.filter(
      ({ topic }) => known.has(topic) && (own.has(topic) || first.get(chain.head)?.has(topic) === true)
    )
    if (placed.length === 0) continue
    for (let partition = 0; partition < Number(chain.partitions); partition++)
      yield* placeTask({ pipeline, chain, partition, placed, first: first.get(chain.head), target, now })
  }
})

const placeTask = Effect.fnUntraced(function* (place: {
  readonly pipeline: string
  readonly chain: ChainPlan
  readonly partition: number
  readonly placed: readonly ChainInput[]
  readonly first: ReadonlySet<string> | undefined
  readonly target: ResetTarget
  readonly now: number
}) {
  const { chain, first, now, partition, pipeline, placed, target } = place
  const transport = yield* Transport
  const clock = new EventClock(chain.inputs, undefined)
  const offsets = yield* Effect.forEach(placed, (input) =>
    Effect.gen(function* () {
      const { topic } = input
      const isFirst = first?.has(topic) === true
      const next = isFirst
        ? yield* offsetOf(topic, partition, target)
        : yield* transport.end(topic, partition)
      // What is left out above may have told of event time: a reader from the start would know.
      if (isFirst) yield* observeUpTo(clock, input, partition, next)
      return { topic, partition, next }
    })
  )
  const log = yield* transport.openTask({ pipeline, node: chain.head, partition })
  yield* log.commit({ ...noChange, offsets, watermarks: clock.takeChanges(), completed: false, now })
})

/** The offset in a partition that a target means; its end where nothing is so late. */
export const offsetOf = Effect.fnUntraced(function* (topic: string, partition: number, target: ResetTarget) {
  const transport = yield* Transport
  if (target.to === "start") return 0n
  const end = yield* transport.end(topic, partition)
  if (target.to === "offset") {
    const offset = BigInt(target.offset)
    return offset < end ? offset : end
  }
  for (let at = 0n; at < end;) {
    const batches = yield* transport.read(topic, partition, at, readBytes)
    for (const { baseOffset, frame } of batches) {
      const cursor = new BatchCursor(frame)
      while (cursor.next())
        if (!cursor.isControl && cursor.timestamp >= target.time) return baseOffset + BigInt(cursor.index)
      at = baseOffset + BigInt(openBatch(frame).count)
    }
    if (batches.length === 0) break
  }
  return end
})

/** Takes in what the frames before an offset say of event time; not of the one that holds it. */
const observeUpTo = Effect.fnUntraced(function* (
  clock: EventClock,
  { producers, topic }: ChainInput,
  partition: number,
  offset: bigint
) {
  const transport = yield* Transport
  const names = new Map<number, string>()
  for (const producer of producers) {
    const slash = producer.indexOf("/")
    names.set(yield* transport.nodeId(producer.slice(0, slash), producer.slice(slash + 1)), producer)
  }
  for (let at = 0n; at < offset;) {
    const batches = yield* transport.read(topic, partition, at, readBytes)
    if (batches.length === 0) return
    for (const { baseOffset, frame } of batches) {
      const parts = frameParts(baseOffset, frame, baseOffset)
      at = parts.next
      if (parts.next > offset) return
      const producer = names.get(parts.producer)
      if (producer !== undefined) clock.observe(topic, producer, parts)
    }
    yield* Effect.yieldNow
  }
})
