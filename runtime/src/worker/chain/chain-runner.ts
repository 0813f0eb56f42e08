import { createHmac } from "node:crypto"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ChainPlan } from "../../plan/physical.ts"
import { ErrorBudget } from "./error-budget.ts"
import type { Gate } from "../gate.ts"
import { openChain } from "./open-chain.ts"
import type { OpenChain } from "./open-chain.ts"
import { announceTasks, endOutputs } from "./chain-outputs.ts"
import type { ChainOutputs } from "./chain-outputs.ts"
import { runRecordTask } from "../task/record-task.ts"
import { chainPartition, sourcePartitions } from "../task/source-partitions.ts"
import type { NumberedPartition } from "../task/source-partitions.ts"
import { runSourceTask } from "../task/source-task.ts"
import type { Task, TaskParts } from "../task/task.ts"
import { makeTaskFacts } from "../task/task-facts.ts"
import type { TaskFacts } from "../task/task-facts.ts"
import type { TaskFailure } from "../task/task-failure.ts"
import { retryTransient, superviseTask } from "../task/task-runner.ts"
import type { WorkerEnvironment } from "../worker-environment.ts"

/** What a pipeline gives its chains. */
export interface ChainParts {
  readonly environment: WorkerEnvironment
  readonly pipeline: string
  readonly plan: ChainPlan
  readonly partitions: ReadonlyMap<string, number>
  readonly gate: Gate
  readonly onBudgetExceeded: Effect.Effect<void>
  /** Present: only some partitions run `plan`; the others run this one, which has the same tasks, topics and state. */
  readonly beside?: Beside
}

/** The chain of a revision that a canary runs beside, and the partitions that are the canary's. */
export interface Beside {
  readonly plan: ChainPlan
  readonly canary: ReadonlySet<number>
}

export interface RunningChain {
  readonly plan: ChainPlan
  readonly tasks: readonly TaskFacts[]
  /** Why the chain could not be started; its tasks are then none. */
  readonly error: () => TaskFailure | undefined
  /** All tasks have completed and the end of input stands in every output partition. */
  readonly isCompleted: () => boolean
  /** Answers when it is; fails with the first failure that time does not mend, of the chain's start or of a task. */
  readonly completed: Effect.Effect<void, TaskFailure>
  /** Every task has come to a stop. */
  readonly done: Effect.Effect<void>
}

/** Starts a chain in the scope: its segments, then a task per partition, and what ends its outputs when all completed. */
export function startChain(parts: ChainParts): Effect.Effect<RunningChain, never, Scope.Scope> {
  return Effect.gen(function* () {
    const tasks: TaskFacts[] = []
    const completed = yield* Deferred.make<void, TaskFailure>()
    const fail = (failure: TaskFailure) =>
      failure.transient ? Effect.void : Effect.asVoid(Deferred.fail(completed, failure))
    let error: TaskFailure | undefined
    let isCompleted = false
    const run = Effect.gen(function* () {
      const open = (plan: ChainPlan) =>
        retry(openChain(parts.environment, parts.pipeline, plan, parts.partitions))
      const chain = yield* open(parts.plan)
      const { beside } = parts
      const other = beside === undefined ? chain : yield* open(beside.plan)
      const chainOf = (partition: number) => (beside?.canary.has(partition) === false ? other : chain)
      const loops = yield* retry(taskLoops(parts, chain))
      const budget = new ErrorBudget(parts.plan.errorBudget)
      const announce = yield* Effect.cached(announceTasks(chainOutputs(parts), tasksOf(loops)))
      let running = loops.length
      const allDone = yield* Deferred.make<void>()
      if (running === 0) yield* Deferred.succeed(allDone, undefined)
      const ending = Effect.gen(function* () {
        yield* parts.gate.whileOpen(Deferred.await(allDone))
        while (!(yield* Deferred.isDone(allDone))) {
          if ((yield* parts.gate.pass) === "stop") return
          yield* parts.gate.whileOpen(Deferred.await(allDone))
        }
        yield* retry(endOutputs(chainOutputs(parts)))
        isCompleted = true
        yield* Deferred.succeed(completed, undefined)
      })
      const supervised = loops.map(({ partition, loop }) => {
        const facts = makeTaskFacts({ pipeline: parts.pipeline, node: parts.plan.head, partition })
        tasks.push(facts)
        let isFirst = true
        const onCompleted = Effect.suspend(() => {
          if (!isFirst) return Effect.void
          isFirst = false
          running -= 1
          return running === 0 ? Effect.asVoid(Deferred.succeed(allDone, undefined)) : Effect.void
        })
        return superviseTask(
          taskParts(parts, chainOf(partition), facts, { budget, onCompleted, announce }),
          loop
        ).pipe(
          Effect.andThen(
            Effect.suspend(() =>
              facts.state === "failed" && facts.error !== undefined ? fail(facts.error) : Effect.void
            )
          )
        )
      })
      yield* Effect.all([...supervised, ending], { concurrency: "unbounded", discard: true })
    })
    const retry = <A, R>(step: Effect.Effect<A, TaskFailure, R>) =>
      retryTransient(parts.gate, (failure) => (error = failure), step).pipe(
        Effect.tap(() => Effect.sync(() => (error = undefined)))
      )
    const done = yield* Deferred.make<void>()
    const whole = run.pipe(
      Effect.catch((failure) =>
        Effect.logError("chain could not run", failure.message).pipe(
          Effect.annotateLogs({ pipeline: parts.pipeline, chain: parts.plan.head, code: failure.code }),
          Effect.andThen(fail(failure))
        )
      ),
      Effect.ensuring(Deferred.succeed(done, undefined))
    )
    yield* Effect.forkScoped(whole)
    return {
      plan: parts.plan,
      tasks,
      error: () => error,
      isCompleted: () => isCompleted,
      completed: Deferred.await(completed),
      done: Deferred.await(done)
    }
  })
}

interface TaskLoop {
  readonly partition: number
  readonly loop: (task: Task) => Effect.Effect<void, TaskFailure>
}

function taskLoops(parts: ChainParts, chain: OpenChain): Effect.Effect<readonly TaskLoop[], TaskFailure> {
  const { partitions } = parts.plan
  if (partitions !== "source")
    return Effect.succeed(
      Array.from({ length: partitions }, (_, partition) => ({ partition, loop: runRecordTask }))
    )
  return Effect.map(sourcePartitions(parts.environment.transport, chain), (named) =>
    named.map(({ name, partition }: NumberedPartition) => ({
      partition,
      loop: (task: Task) => runSourceTask(task, name)
    }))
  )
}

function taskParts(
  parts: ChainParts,
  chain: OpenChain,
  facts: TaskFacts,
  own: Pick<TaskParts, "announce" | "budget" | "onCompleted">
): TaskParts {
  const { environment, gate, partitions, onBudgetExceeded, pipeline } = parts
  return {
    environment,
    chain,
    id: facts.task,
    gate,
    facts,
    seed: new Uint8Array(createHmac("sha256", environment.seedKey).update(pipeline).digest()),
    partitions,
    onBudgetExceeded,
    ...own
  }
}

/** The highest number of a task, and one: a source's partition that is no more keeps its number. */
function tasksOf(loops: readonly TaskLoop[]): number {
  return loops.reduce((most, { partition }) => Math.max(most, partition + 1), 0)
}

function chainOutputs({ environment, partitions, pipeline, plan }: ChainParts): ChainOutputs {
  const topics = new Set(plan.outputs.map(({ topic }) => topic))
  const targets = [...topics].flatMap((topic) =>
    Array.from({ length: partitions.get(topic) ?? 0 }, (_, partition) => ({ topic, partition }))
  )
  return {
    transport: environment.transport,
    task: { pipeline, node: plan.head, partition: chainPartition },
    targets
  }
}
