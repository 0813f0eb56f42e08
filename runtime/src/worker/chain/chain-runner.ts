import { createHmac } from "node:crypto"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ChainPlan } from "../../plan/physical.ts"
import type { Durability } from "../../transport/transport.ts"
import { ErrorBudget } from "./error-budget.ts"
import type { Gate } from "../gate.ts"
import { openChain } from "./open-chain.ts"
import type { OpenChain } from "./open-chain.ts"
import { inPlace, standbyOf, unitsOf, untilChainEnded, untilTasksCompleted } from "./chain-units.ts"
import type { ChainUnit, UnitPlace } from "./chain-units.ts"
import { addPartitions, taskLoops } from "./task-loops.ts"
import type { TaskLoop } from "./task-loops.ts"
import { allHere } from "../placement.ts"
import { announceOnce, endOutputs } from "./chain-outputs.ts"
import type { ChainOutputs } from "./chain-outputs.ts"
import { chainPartition } from "../task/source-partitions.ts"
import type { TaskParts } from "../task/task.ts"
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
  /** Of the pipeline; absent: nobody else runs it. */
  readonly run: string | undefined
  /** Of its batches' commits; absent: as the log was opened. */
  readonly durability: Durability | undefined
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
  /** Its segments are loaded: its tasks can run, here or elsewhere. */
  readonly isOpen: () => boolean
  /** What is known of a task of it; made at the first asking. */
  readonly factsOf: (partition: number) => TaskFacts
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
export const startChain = Effect.fnUntraced(function* (
  parts: ChainParts
): Effect.fn.Return<RunningChain, never, Scope.Scope> {
  const tasks: TaskFacts[] = []
  const completed = yield* Deferred.make<void, TaskFailure>()
  const fail = (failure: TaskFailure) =>
    failure.transient ? Effect.void : Effect.asVoid(Deferred.fail(completed, failure))
  let error: TaskFailure | undefined
  let isCompleted = false
  let isOpen = false
  const { environment, gate } = parts
  const { placement = allHere } = environment
  const factsOf = (partition: number): TaskFacts => {
    const known = tasks.find(({ task }) => task.partition === partition)
    if (known !== undefined) return known
    const made = makeTaskFacts({ pipeline: parts.pipeline, node: parts.plan.head, partition })
    tasks.push(made)
    return made
  }
  const place: UnitPlace = { ...parts, placement }
  const ended = Effect.suspend(() => {
    isCompleted = true
    return Effect.asVoid(Deferred.succeed(completed, undefined))
  })
  const run = Effect.gen(function* () {
    const open = (plan: ChainPlan) =>
      retry(gate, openChain(environment, parts.pipeline, plan, parts.partitions))
    const chain = yield* open(parts.plan)
    const { beside } = parts
    const other = beside === undefined ? chain : yield* open(beside.plan)
    const chainOf = (partition: number) => (beside?.canary.has(partition) === false ? other : chain)
    const budget = new ErrorBudget(parts.plan.errorBudget)
    isOpen = true
    const work = (unit: ChainUnit) => (unitGate: Gate) =>
      Effect.gen(function* () {
        let loops = yield* retry(unitGate, taskLoops(environment, chain, unit))
        const counted = (): number =>
          unit.partitions === "source" ? tasksOf(loops) : Number(parts.plan.partitions)
        let announce = announceOnce(chainOutputs(parts), counted())
        let running = loops.length
        const allDone = yield* Deferred.make<void>()
        if (running === 0) yield* Deferred.succeed(allDone, undefined)
        const supervise = ({ partition, loop }: TaskLoop) => {
          const facts = factsOf(partition)
          facts.worker = undefined
          let isFirst = true
          const onCompleted = Effect.suspend(() => {
            if (!isFirst) return Effect.void
            isFirst = false
            running -= 1
            return running === 0 ? Effect.asVoid(Deferred.succeed(allDone, undefined)) : Effect.void
          })
          return superviseTask(
            taskParts({ ...parts, gate: unitGate }, chainOf(partition), facts, {
              budget,
              onCompleted,
              announce
            }),
            loop
          ).pipe(
            Effect.andThen(
              Effect.suspend(() =>
                facts.state === "failed" && facts.error !== undefined ? fail(facts.error) : Effect.void
              )
            )
          )
        }
        const more = addPartitions(chain, {
          environment,
          gate: unitGate,
          plan: parts.plan,
          loops: () => loops,
          begin: (fresh) => {
            loops = [...loops, ...fresh]
            running += fresh.length
            announce = announceOnce(chainOutputs(parts), counted())
            return fresh.map(supervise)
          },
          allDone: Deferred.await(allDone)
        })
        const ending = Effect.gen(function* () {
          if ((yield* passing(unitGate, Deferred.await(allDone))) === "stop") return
          if (placement.isShared && unit.partitions !== "source") {
            const all = Array.from({ length: counted() }, (_, partition) => partition)
            const elsewhere = retry(unitGate, untilTasksCompleted(environment.transport, place, all))
            if ((yield* passing(unitGate, elsewhere)) === "stop") return
          }
          yield* retry(unitGate, endOutputs(chainOutputs(parts)))
          if (!placement.isShared) yield* ended
        })
        yield* Effect.all([...loops.map(supervise), ...(unit.isLead ? [ending] : []), more], {
          concurrency: "unbounded",
          discard: true
        })
      })
    const endedAnywhere = Effect.raceFirst(
      Effect.andThen(retry(gate, untilChainEnded(environment.transport, place)), ended),
      gate.stopped
    )
    yield* Effect.all(
      [
        ...unitsOf(parts.plan, placement).map((unit) =>
          inPlace(place, unit, work(unit), standbyOf(environment.transport, place, unit))
        ),
        ...(placement.isShared ? [endedAnywhere] : [])
      ],
      { concurrency: "unbounded", discard: true }
    )
  })
  const retry = <A, R>(within: Gate, step: Effect.Effect<A, TaskFailure, R>) =>
    retryTransient(within, (failure) => (error = failure), step).pipe(
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
    isOpen: () => isOpen && (placement.isShared || tasks.length > 0),
    factsOf,
    error: () => error,
    isCompleted: () => isCompleted,
    completed: Deferred.await(completed),
    done: Deferred.await(done)
  }
})

/** Answers `go` when it is done, across pauses; `stop` where the tasks are to stop before. */
const passing = Effect.fnUntraced(function* <E>(
  gate: Gate,
  done: Effect.Effect<void, E>
): Effect.fn.Return<"go" | "stop", E> {
  let isDone = false
  const step = Effect.map(done, () => void (isDone = true))
  for (;;) {
    yield* gate.whileOpen(step)
    if (isDone) return "go"
    if ((yield* gate.pass) === "stop") return "stop"
  }
})

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
    run: parts.run,
    durability: parts.durability,
    ...own
  }
}

/** The highest number of a task, and one: a source's partition that is no more keeps its number. */
function tasksOf(loops: readonly TaskLoop[]): number {
  return loops.reduce((most, { partition }) => Math.max(most, partition + 1), 0)
}

function chainOutputs({ environment, partitions, pipeline, plan, run }: ChainParts): ChainOutputs {
  const topics = new Set(plan.outputs.map(({ topic }) => topic))
  const targets = [...topics].flatMap((topic) =>
    Array.from({ length: partitions.get(topic) ?? 0 }, (_, partition) => ({ topic, partition }))
  )
  return {
    transport: environment.transport,
    run,
    task: { pipeline, node: plan.head, partition: chainPartition },
    targets
  }
}
