import type {
  DeadLetter,
  InputFrame,
  NodeCounts,
  Segment,
  SegmentCall,
  SegmentHost,
  SegmentResult,
  TableInput
} from "@millrace/sandbox"
import { openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import type { ChainPlan } from "../../plan/physical.ts"
import { Failpoint } from "../../telemetry/failpoint.ts"
import { addImbalances, callImbalances, type Imbalances } from "../ledger/ledger.ts"
import type { OpenChain } from "./open-chain.ts"
import { fromSegment, taskFailure } from "../task/task-failure.ts"
import type { TaskFailure } from "../task/task-failure.ts"

/** What one batch is run with. */
export interface BatchContext {
  readonly partition: number
  /** ms since 1970 */
  readonly now: number
  readonly seed: Uint8Array
  readonly tables: readonly TableInput[]
  readonly sink: SegmentCall["sink"]
  /** Nothing follows: a sink finishes what is open. */
  readonly end: boolean
  /** Of a batch of event timers: see `SegmentCall`. */
  readonly timersUntil?: number
}

/** What a chain made of a batch, before it is committed. */
export interface ChainResult {
  readonly outputs: SegmentResult["outputs"]
  readonly state: Uint8Array
  readonly deadLetters: readonly DeadLetter[]
  readonly counts: readonly NodeCounts[]
  readonly source: SegmentResult["source"]
  readonly tokenJson: string | undefined
  readonly logs: SegmentResult["logs"]
  readonly metrics: SegmentResult["metrics"]
  readonly traces: SegmentResult["traces"]
  /** What its counts do not account for. */
  readonly imbalances: Imbalances
}

/** Of a batch that nothing was made of. */
export const emptyResult: ChainResult = {
  outputs: [],
  state: new Uint8Array(0),
  deadLetters: [],
  counts: [],
  source: undefined,
  tokenJson: undefined,
  logs: [],
  metrics: [],
  traces: [],
  imbalances: {}
}

/** Runs frames through a chain's segments in order. `from`: where a replay begins; by default at the head. */
export const runFrames = Effect.fnUntraced(function* (
  chain: OpenChain,
  host: SegmentHost,
  frames: readonly InputFrame[],
  context: BatchContext,
  from?: { readonly segment: number; readonly first: Segment }
): Effect.fn.Return<ChainResult, TaskFailure> {
  const { plan, segments } = chain
  if (segments.length === 0) return { ...emptyResult, ...passed(plan, frames) }
  let result = emptyResult
  let current = frames
  const start = from?.segment ?? 0
  for (let index = start; index < segments.length; index++) {
    const isSink = plan.sink !== undefined && index === segments.length - 1
    if (current.length === 0 && !(isSink && context.end)) continue
    const segment = index === start && from !== undefined ? from.first : segments[index]
    if (segment === undefined) break
    const head = { kind: "records", inputs: current, end: context.end } as const
    const { timersUntil, ...rest } = context
    const given = {
      ...rest,
      sink: recordsOf(chain, context, index === start),
      ...(timersUntil !== undefined && index === start ? { timersUntil } : {})
    }
    const answer = yield* callSegment(segment, host, head, given, chain, index)
    result = yield* merged(result, answer, callImbalances(current, answer, isSink))
    current = handedOver(plan, index, answer, frames[0])
  }
  return result
})

/**
 * Reads a source on, and runs what it gave through the rest of the chain. `given`: records that it has given before;
 * they number what follows, so that a record has the same position, and draws the same random numbers, however it is read.
 */
export const runSource = Effect.fnUntraced(function* (
  chain: OpenChain,
  host: SegmentHost,
  head: Extract<SegmentCall["head"], { readonly kind: "source" }>,
  context: BatchContext,
  given: bigint
): Effect.fn.Return<ChainResult, TaskFailure> {
  const [segment] = chain.segments
  if (segment === undefined) return emptyResult
  const first = yield* callSegment(segment, host, head, context, chain, 0)
  let result = yield* merged(emptyResult, first, callImbalances(undefined, first, false))
  const place = { topic: head.partition, topicPartition: context.partition, baseOffset: given }
  const end = first.source?.next === "end"
  let current = handedOver(chain.plan, 0, first, place)
  for (let index = 1; index < chain.segments.length; index++) {
    const next = chain.segments[index]
    const isSink = chain.plan.sink !== undefined && index === chain.segments.length - 1
    if (next === undefined || (current.length === 0 && !(isSink && end))) continue
    const records = { kind: "records", inputs: current, end } as const
    const answer = yield* callSegment(next, host, records, context, chain, index)
    result = yield* merged(result, answer, callImbalances(current, answer, isSink))
    current = handedOver(chain.plan, index, answer, place)
  }
  return result
})

/**
 * How the sink's records are named. Where frames come from the log their offsets tell records apart; what a segment handed
 * over is numbered within the batch, and the batch's own id has to.
 */
function recordsOf(chain: OpenChain, { sink }: BatchContext, isFromLog: boolean): SegmentCall["sink"] {
  if (sink === undefined || !isFromLog) return sink
  return { ...sink, recordPrefix: `${chain.pipeline}/${chain.plan.sink?.node ?? ""}` }
}

const callSegment = Effect.fnUntraced(function* (
  segment: Segment,
  host: SegmentHost,
  head: SegmentCall["head"],
  context: BatchContext,
  chain: OpenChain,
  index: number
): Effect.fn.Return<SegmentResult, TaskFailure> {
  const nodes = new Set(chain.plan.segments[index]?.nodes.map(({ spec }) => spec.node))
  const isLast = index === chain.plan.segments.length - 1
  const call: SegmentCall = {
    partition: context.partition,
    now: context.now,
    seed: context.seed,
    head,
    tables: context.tables.filter(({ node }) => nodes.has(node)),
    ...(context.timersUntil === undefined ? {} : { timersUntil: context.timersUntil }),
    ...(isLast && context.sink !== undefined ? { sink: context.sink } : {})
  }
  const failpoint = yield* Failpoint
  failpoint("mid-batch")
  const result = yield* Effect.mapError(segment.call(call, host), fromSegment)
  failpoint("after-reply")
  return result
})

/** A chain without segments passes its frames on. */
function passed(plan: ChainPlan, frames: readonly InputFrame[]): Pick<ChainResult, "outputs"> {
  const [target] = plan.outputs
  if (target === undefined) return { outputs: [] }
  // INVARIANT: who commits a frame writes its origin into it; these are the log's, whose other readers have the same.
  return { outputs: frames.map(({ frame }) => ({ output: target.output, frame: frame.slice() })) }
}

/** What a segment left, as the next one's input. The last one's stays output. */
function handedOver(
  plan: ChainPlan,
  index: number,
  result: SegmentResult,
  place: { readonly topic: string; readonly topicPartition: number; readonly baseOffset: bigint } | undefined
): readonly InputFrame[] {
  const next = plan.segments[index + 1]?.nodes[0]
  if (next === undefined) return []
  const [input = "input"] = Object.keys(next.spec.views)
  const { topic = "", topicPartition = 0, baseOffset = 0n } = place ?? {}
  let offset = baseOffset
  return result.outputs.map(({ frame }) => {
    const handed = { input, topic, topicPartition, baseOffset: offset, frame }
    offset += BigInt(openBatch(frame).count)
    return handed
  })
}

/** Everything adds up but outputs, which are the last segment's. */
function merged(
  sum: ChainResult,
  next: SegmentResult,
  imbalances: Imbalances
): Effect.Effect<ChainResult, TaskFailure> {
  if (sum.state.length > 0 && next.state.length > 0)
    return Effect.fail(
      taskFailure("PLAN_INVALID", "two nodes of one chain keep state; a chain may have one keyed node")
    )
  return Effect.succeed({
    outputs: next.outputs,
    state: next.state.length > 0 ? next.state : sum.state,
    deadLetters: [...sum.deadLetters, ...next.deadLetters],
    counts: [...sum.counts, ...next.counts],
    source: sum.source ?? next.source,
    tokenJson: next.sink?.tokenJson ?? sum.tokenJson,
    logs: [...sum.logs, ...next.logs],
    metrics: [...sum.metrics, ...next.metrics],
    traces: [...sum.traces, ...next.traces],
    imbalances: addImbalances(sum.imbalances, imbalances)
  })
}
