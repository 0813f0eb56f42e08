import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { ChainPlan } from "../../plan/physical.ts"
import type { Gate } from "../gate.ts"
import { runRecordTask } from "../task/record-task.ts"
import { sourcePartitions } from "../task/source-partitions.ts"
import type { NumberedPartition } from "../task/source-partitions.ts"
import { runSourceTask } from "../task/source-task.ts"
import type { Task } from "../task/task.ts"
import type { TaskFailure } from "../task/task-failure.ts"
import type { WorkerEnvironment } from "../worker-environment.ts"
import type { ChainUnit } from "./chain-units.ts"
import type { OpenChain } from "./open-chain.ts"

/** What a task of a chain does. */
export interface TaskLoop {
  readonly partition: number
  /** Of a source's own partition. */
  readonly name?: string
  readonly loop: (task: Task) => Effect.Effect<void, TaskFailure>
}

/** The tasks of a unit; a source is asked which partitions it has. */
export function taskLoops(
  { transport }: WorkerEnvironment,
  chain: OpenChain,
  { partitions }: ChainUnit
): Effect.Effect<readonly TaskLoop[], TaskFailure> {
  if (partitions !== "source")
    return Effect.succeed(partitions.map((partition) => ({ partition, loop: runRecordTask })))
  return Effect.map(sourcePartitions(transport, chain), (named) => named.map(sourceLoop))
}

const sourceLoop = ({ name, partition }: NumberedPartition): TaskLoop => ({
  partition,
  name,
  loop: (task) => runSourceTask(task, name)
})

/** Where partitions are added to a source that runs. */
export interface Adding {
  readonly environment: WorkerEnvironment
  readonly gate: Gate
  readonly plan: ChainPlan
  readonly loops: () => readonly TaskLoop[]
  /** The tasks of these, to be run. */
  readonly begin: (fresh: readonly TaskLoop[]) => readonly Effect.Effect<void>[]
  readonly allDone: Effect.Effect<void>
}

const leastPartitionsMs = 1_000

/**
 * Asks a source that partitions may be added to for its partitions now and then, and runs tasks for those that are new. A source that
 * cannot be asked just now is asked again. Ends with its tasks when the chain stops.
 */
export function addPartitions(
  chain: OpenChain,
  { allDone, begin, environment, gate, loops, plan }: Adding
): Effect.Effect<void> {
  const { partitionsEveryMs } = plan
  if (partitionsEveryMs === undefined) return Effect.void
  const pause = Effect.raceFirst(Effect.sleep(Math.max(leastPartitionsMs, partitionsEveryMs)), allDone)
  return Effect.gen(function* () {
    const fibers: Fiber.Fiber<void>[] = []
    let isDone = false
    while (!isDone) {
      yield* gate.whileOpen(pause)
      isDone = (yield* gate.pass) === "stop"
      if (isDone) break
      const known = new Map(loops().map(({ name = "", partition }) => [name, partition]))
      const named = yield* Effect.orElseSucceed(
        sourcePartitions(environment.transport, chain, known),
        () => []
      )
      const fresh = named.filter(({ name }) => !known.has(name)).map(sourceLoop)
      if (fresh.length === 0) continue
      yield* Effect.logInfo("the source has more partitions").pipe(
        Effect.annotateLogs({ chain: plan.head, partitions: fresh.map(({ name }) => name).join(", ") })
      )
      for (const task of begin(fresh)) fibers.push(yield* Effect.forkChild(task))
    }
    yield* Effect.forEach(fibers, Fiber.await, { discard: true })
  })
}
