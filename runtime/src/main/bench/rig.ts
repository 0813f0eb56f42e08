import type { SandboxProcess } from "@millrace/sandbox"
import { noWatermark } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import type { ChainPlan, PhysicalPlan } from "../../plan/index.ts"
import { batchContext } from "../../worker/chain/batch-context.ts"
import { type ChainResult, runFrames } from "../../worker/chain/chain-run.ts"
import { ErrorBudget } from "../../worker/chain/error-budget.ts"
import { openChain } from "../../worker/chain/open-chain.ts"
import { deadLetterSchemaText } from "../../worker/dead-letter/dead-letter.ts"
import { makeGate } from "../../worker/gate.ts"
import { loadTables } from "../../worker/input/table-reader.ts"
import { fromTransport, type TaskFailure } from "../../worker/task/task-failure.ts"
import { commitBatch, openTask } from "../../worker/task/task.ts"
import { makeTaskFacts } from "../../worker/task/task-facts.ts"
import type { WorkerEnvironment } from "../../worker/worker-environment.ts"
import type { Batch } from "./batches.ts"

/** What one batch took, by the CPU time of this process and the wall clock. */
export interface BatchCost {
  readonly records: number
  readonly result: ChainResult
  /** Microseconds of CPU of this process: until the sandbox had answered, and until the commit was durable. */
  readonly callMicros: number
  readonly commitMicros: number
  /** Milliseconds of wall time, both together. */
  readonly wallMs: number
}

/** A task that is driven by hand: the worker's own code, from a frame in memory to a commit in a log. */
export interface Rig {
  readonly run: (batch: Batch) => Effect.Effect<BatchCost, TaskFailure>
  /** Its sandbox process; undefined when it has none. */
  readonly process: Effect.Effect<SandboxProcess | undefined>
}

/** Opens the plan's task in a scope: topics, schemas, tables, segment, state. */
export const openRig = Effect.fn("openRig")(function* (environment: WorkerEnvironment, plan: PhysicalPlan) {
  const chain = yield* chainOf(plan)
  const partitions = yield* Effect.mapError(prepare(environment, plan, chain), fromTransport)
  const open = yield* openChain(environment, plan.pipeline, chain, partitions)
  const gate = yield* makeGate
  const facts = makeTaskFacts({ pipeline: plan.pipeline, node: chain.head, partition: 0 })
  const task = yield* openTask({
    environment,
    chain: open,
    id: facts.task,
    gate,
    facts,
    seed: environment.seedKey,
    // However many records fail, they are counted to the end.
    budget: new ErrorBudget({ ...chain.errorBudget, ratio: 1 }),
    partitions,
    onBudgetExceeded: Effect.void,
    onCompleted: Effect.void,
    announce: Effect.void
  })
  yield* loadTables(open.tables, gate)
  const [topic = ""] = chain.inputs.map((input) => input.topic)
  let next = 0n
  const run = Effect.fnUntraced(function* (batch: Batch) {
    next += BigInt(batch.records)
    const context = yield* batchContext(task, undefined, false)
    const begun = performance.now()
    const atCall = process.cpuUsage()
    const result = yield* runFrames(open, task.host, batch.frames, context)
    const atCommit = process.cpuUsage()
    yield* commitBatch(task, result, context, {
      offsets: [{ topic, partition: 0, next }],
      positions: {},
      watermarks: {},
      watermark: noWatermark,
      completed: false
    })
    const atEnd = process.cpuUsage()
    const cost: BatchCost = {
      records: batch.records,
      result,
      callMicros: microsBetween(atCall, atCommit),
      commitMicros: microsBetween(atCommit, atEnd),
      wallMs: performance.now() - begun
    }
    return cost
  })
  const { domain } = chain.segments[0] ?? { domain: "" }
  const child = Effect.map(environment.pool.processes, (all) => all.find((each) => each.domain === domain))
  return { run, process: child } satisfies Rig
})

const microsBetween = (from: NodeJS.CpuUsage, to: NodeJS.CpuUsage): number =>
  to.user - from.user + to.system - from.system

/** The one that runs the plugin; others only move records to another key, and their topics are what it is fed with. */
const chainOf = (plan: PhysicalPlan): Effect.Effect<ChainPlan> => {
  const found = plan.chains.find(({ segments }) => segments.length > 0)
  return found === undefined
    ? Effect.die("a plan of one node has no chain that runs it")
    : Effect.succeed(found)
}

const prepare = Effect.fnUntraced(function* (
  { transport }: WorkerEnvironment,
  plan: PhysicalPlan,
  chain: ChainPlan
) {
  for (const text of [...plan.schemas, deadLetterSchemaText]) yield* transport.putSchema(text)
  for (const spec of plan.topics) yield* transport.ensureTopic(spec)
  yield* transport.ensureTopic({ name: chain.deadLetterTopic, partitions: 1, internal: false })
  return new Map((yield* transport.topics).map(({ name, partitions }) => [name, partitions]))
})
