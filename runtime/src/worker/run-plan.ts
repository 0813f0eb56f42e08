import type { TaskReport } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import { takeReport } from "./task/task-report.ts"
import type * as Scope from "effect/Scope"
import type { ChainPlan, PhysicalPlan } from "../plan/physical.ts"
import { Failpoint } from "../telemetry/failpoint.ts"
import { startChain } from "./chain/chain-runner.ts"
import type { ChainParts, RunningChain } from "./chain/chain-runner.ts"
import { deadLetterSchemaText } from "./dead-letter/dead-letter.ts"
import { openInboxes } from "./inbox/inboxes.ts"
import { controlSchemaText } from "./input/frames.ts"
import { makeGate } from "./gate.ts"
import type { Gate } from "./gate.ts"
import { replaySchemaText, replayTopic } from "./dead-letter/replay.ts"
import { fromTransport } from "./task/task-failure.ts"
import type { TaskFailure } from "./task/task-failure.ts"
import type { TaskFacts } from "./task/task-facts.ts"
import type { WorkerEnvironment } from "./worker-environment.ts"

/** `degraded`: paused by its error budget. `failed`: a task has stopped with an error that time does not mend. */
export type PipelineState =
  | "starting"
  | "running"
  | "paused"
  | "degraded"
  | "completed"
  | "failed"
  | "stopped"

/** A plan that runs on some partitions, beside another one on all others. */
export interface CanaryRun {
  /** Lays out the same tasks and topics, with the same state. */
  readonly beside: PhysicalPlan
  /** Whose plan that is. */
  readonly revision: number
  /** The partitions that run the new plan, by the head of each chain that differs. */
  readonly partitions: { readonly [chain: string]: readonly number[] }
}

/** A pipeline that a worker runs. Ends with its scope, gracefully. */
export interface RunningPipeline {
  readonly plan: PhysicalPlan
  readonly canary: CanaryRun | undefined
  readonly state: () => PipelineState
  /** Live facts of every task; change in place. */
  readonly tasks: () => readonly TaskFacts[]
  /** All chains are open: other workers can run tasks of theirs. */
  readonly isOpen: () => boolean
  /** Takes what another worker tells of a task, if that is not at work here. */
  readonly report: (worker: string, report: TaskReport) => void
  /** Why chains could not be started, by head. */
  readonly chainErrors: () => readonly { readonly chain: string; readonly error: TaskFailure }[]
  /** Answers when every chain has completed; fails with the first failure that time does not mend. */
  readonly untilCompleted: Effect.Effect<void, TaskFailure>
  /** Pauses it as its error budget does: more records fail than it allows, here or on another worker. */
  readonly degrade: Effect.Effect<void>
  /** Answers when the tasks have been told; each ends its batch in hand first. */
  readonly pause: Effect.Effect<void>
  readonly resume: Effect.Effect<void>
  /** Ends the batches in hand, commits them, and answers when every task has stopped. Sinks are not ended. */
  readonly stop: Effect.Effect<void>
}

const stopDeadline = "20 seconds"

/**
 * Runs a plan until the scope closes: makes its topics, stores its schemas, and starts its chains. Fails only when that
 * cannot be done; what goes wrong later is told by state and facts. `run`: where several workers run the plan, its run
 * ({@link TransportShape.beginRun}).
 */
export const runPlan = Effect.fnUntraced(function* (
  plan: PhysicalPlan,
  environment: WorkerEnvironment,
  { canary, run }: { readonly canary?: CanaryRun | undefined; readonly run?: string } = {}
): Effect.fn.Return<RunningPipeline, TaskFailure, Scope.Scope> {
  const partitions = yield* prepare(plan, environment)
  const { inboxes, transport } = environment
  if (inboxes !== undefined) yield* Effect.mapError(openInboxes(inboxes, plan, transport), fromTransport)
  const gate = yield* makeGate
  let degraded = false
  const onBudgetExceeded = Effect.gen(function* () {
    degraded = true
    yield* gate.pause
    yield* Effect.logError("paused: more records fail than the error budget allows").pipe(
      Effect.annotateLogs({ pipeline: plan.pipeline })
    )
  })
  const chains = yield* Effect.forEach(plan.chains, (chain) =>
    startChain({
      environment,
      pipeline: plan.pipeline,
      plan: chain,
      partitions,
      gate,
      onBudgetExceeded,
      run,
      durability: plan.durability,
      ...besideOf(chain, canary)
    })
  )
  const stop = stopChains(gate, chains)
  yield* Effect.addFinalizer(() => stop)
  return {
    plan,
    canary,
    state: () => pipelineState(gate, chains, degraded),
    tasks: () => chains.flatMap((chain) => chain.tasks),
    isOpen: () => chains.every((chain) => chain.isOpen()),
    report: (worker, told) => {
      const facts = chains.find((chain) => chain.plan.head === told.node)?.factsOf(told.partition)
      if (facts === undefined) return
      const isHere = facts.worker === undefined && !["starting", "stopped"].includes(facts.state)
      if (!isHere) takeReport(facts, worker, told)
    },
    chainErrors: () =>
      chains.flatMap((chain) => {
        const error = chain.error()
        return error === undefined ? [] : [{ chain: chain.plan.head, error }]
      }),
    untilCompleted: untilCompleted(chains),
    degrade: onBudgetExceeded,
    pause: gate.pause,
    resume: Effect.suspend(() => {
      degraded = false
      return gate.resume
    }),
    stop
  }
})

/** What runs of a chain beside the canary; nothing where both revisions have the same chain. */
function besideOf({ head }: ChainPlan, canary: CanaryRun | undefined): Pick<ChainParts, "beside"> {
  if (canary === undefined || !Object.hasOwn(canary.partitions, head)) return {}
  const plan = canary.beside.chains.find((chain) => chain.head === head)
  return plan === undefined ? {} : { beside: { plan, canary: new Set(canary.partitions[head]) } }
}

/** Topics and schemas, before the first record. Answers the partition count of every topic that the plan speaks of. */
function prepare(
  plan: PhysicalPlan,
  { transport }: WorkerEnvironment
): Effect.Effect<ReadonlyMap<string, number>, TaskFailure> {
  return Effect.gen(function* () {
    for (const text of [...plan.schemas, deadLetterSchemaText, replaySchemaText, controlSchemaText])
      yield* transport.putSchema(text)
    for (const spec of plan.topics) yield* transport.ensureTopic(spec)
    const spokenOf = topicsOf(plan)
    const topics = (yield* transport.topics).filter(({ name }) => spokenOf.has(name))
    const known = new Map(topics.map(({ name, partitions }) => [name, partitions]))
    for (const chain of plan.chains) {
      const count = chain.partitions === "source" ? 1 : chain.partitions
      const replay = replayTopic(plan.pipeline, chain.head)
      yield* transport.ensureTopic({ name: replay, partitions: count, internal: true })
      if (known.has(chain.deadLetterTopic)) continue
      yield* transport.ensureTopic({ name: chain.deadLetterTopic, partitions: 1, internal: false })
      known.set(chain.deadLetterTopic, 1)
    }
    return known
  }).pipe(Effect.mapError(fromTransport))
}

/** Names of the topics that a plan writes and reads; a pipeline keeps what it knows of them, and a log may have thousands of others. */
function topicsOf(plan: PhysicalPlan): ReadonlySet<string> {
  return new Set([
    ...plan.topics.map(({ name }) => name),
    ...plan.chains.flatMap(({ deadLetterTopic, inputs, outputs, tables }) => [
      deadLetterTopic,
      ...[...inputs, ...outputs, ...tables].map(({ topic }) => topic)
    ])
  ])
}

const stopChains = Effect.fnUntraced(function* (
  gate: Gate,
  chains: readonly RunningChain[]
): Effect.fn.Return<void> {
  const failpoint = yield* Failpoint
  yield* gate.stop
  failpoint("on-shutdown")
  yield* Effect.forEach(chains, ({ done }) => done, { concurrency: "unbounded", discard: true }).pipe(
    Effect.timeoutOption(stopDeadline)
  )
})

function untilCompleted(chains: readonly RunningChain[]): Effect.Effect<void, TaskFailure> {
  return Effect.forEach(chains, (chain) => chain.completed, { concurrency: "unbounded", discard: true })
}

function firstFailure(chains: readonly RunningChain[]): TaskFailure | undefined {
  for (const chain of chains) {
    const error = chain.error()
    if (error !== undefined && !error.transient) return error
    for (const { state, error: taskError } of chain.tasks)
      if (state === "failed" && taskError !== undefined) return taskError
  }
  return undefined
}

function pipelineState(gate: Gate, chains: readonly RunningChain[], degraded: boolean): PipelineState {
  if (firstFailure(chains) !== undefined) return "failed"
  if (gate.isStopping()) return "stopped"
  if (degraded) return "degraded"
  if (gate.isPaused()) return "paused"
  if (chains.every((chain) => chain.isCompleted())) return "completed"
  return chains.some((chain) => !chain.isOpen() && !chain.isCompleted()) ? "starting" : "running"
}
