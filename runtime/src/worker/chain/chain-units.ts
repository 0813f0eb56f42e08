import * as Effect from "effect/Effect"
import type { ChainPlan } from "../../plan/physical.ts"
import type { TransportShape } from "../../transport/transport.ts"
import { gateWithin } from "../gate.ts"
import type { Gate } from "../gate.ts"
import { allHere } from "../placement.ts"
import type { Placement } from "../placement.ts"
import { isKeyed } from "./keyed-node.ts"
import { chainPartition } from "../task/source-partitions.ts"
import { fromTransport } from "../task/task-failure.ts"
import type { TaskFailure } from "../task/task-failure.ts"

/** Tasks of a chain that one worker has together. */
export interface ChainUnit {
  readonly name: string
  /** Of a record chain; a source is asked for its partitions by who has it. */
  readonly partitions: readonly number[] | "source"
  /** Who has it ends the chain's outputs. */
  readonly isLead: boolean
}

/** Has the events that are posted: the platform's own process. */
export const eventsTrait = "events"

/** How a chain is parted among workers: by partitions, a source not at all. */
export function unitsOf({ head, partitions }: ChainPlan, { isShared }: Placement): readonly ChainUnit[] {
  if (partitions === "source") return [{ name: head, partitions, isLead: true }]
  const all = Array.from({ length: partitions }, (_, partition) => partition)
  if (!isShared) return [{ name: head, partitions: all, isLead: true }]
  return all.map((partition) => ({
    name: `${head}/${partition}`,
    partitions: [partition],
    isLead: partition === 0
  }))
}

/** Whose work it is, and for how long: until the gate's stop. */
export interface UnitPlace {
  readonly placement: Placement | undefined
  readonly gate: Gate
  readonly pipeline: string
  readonly plan: ChainPlan
  readonly run: string | undefined
}

/**
 * Does a unit's work while this worker has it, again and again; once, where it has all. `standby`: goes on while another worker has it, and is
 * interrupted when this one gets it.
 */
export function inPlace<E, R>(
  { gate, pipeline, placement = allHere, plan, run }: UnitPlace,
  { name }: ChainUnit,
  work: (gate: Gate) => Effect.Effect<void, E, R>,
  standby: Effect.Effect<never>
): Effect.Effect<void, E, R> {
  if (!placement.isShared) return work(gate)
  return Effect.scoped(
    Effect.gen(function* () {
      const unit = yield* placement.offer({
        id: `${pipeline}/${name}#${run ?? ""}`,
        chain: `${pipeline}/${plan.head}`,
        ...(listens(plan) ? { needs: eventsTrait } : {})
      })
      const own = gateWithin(gate, unit)
      for (;;) {
        const settled = Effect.raceFirst(unit.held, gate.stopped)
        yield* unit.isHeld() ? settled : Effect.raceFirst(settled, standby)
        if (gate.isStopping()) return
        if (!unit.isHeld()) continue
        yield* work(own)
        // What has ended by itself is not begun again as long as it is this worker's.
        yield* own.stopped
        yield* unit.release
        if (gate.isStopping()) return
      }
    })
  )
}

const listens = ({ segments }: ChainPlan): boolean =>
  segments.some(({ nodes }) =>
    nodes.some(({ permissions }) => permissions.some(({ permission }) => permission.kind === "listen"))
  )

/** Between two looks at what others have written of a state: what is left to read when a task is taken over. */
const refreshEveryMs = 5_000

/** Keeps the state of a unit's keyed node here up to date, for as long as another worker has the unit. */
export function standbyOf(
  { refreshState }: TransportShape,
  { pipeline, placement = allHere, plan }: UnitPlace,
  { partitions }: ChainUnit
): Effect.Effect<never> {
  const node = plan.segments.flatMap(({ nodes }) => nodes).find(isKeyed)?.spec.node
  const isKept = placement.keepsCopies === true && partitions !== "source"
  if (!isKept || refreshState === undefined || node === undefined) return Effect.never
  const refreshed = Effect.forEach(partitions, (partition) => refreshState(pipeline, node, partition), {
    discard: true
  })
  // Who takes the task over reads what is missing.
  const attempted = Effect.catch(refreshed, ({ message }) =>
    Effect.annotateLogs(Effect.logWarning("a copy of state is not up to date", message), { pipeline, node })
  )
  return Effect.forever(Effect.andThen(attempted, Effect.sleep(refreshEveryMs)))
}

const askEveryMs = 1_000

/** Waits until all of these tasks have completed, wherever they run. */
export function untilTasksCompleted(
  transport: TransportShape,
  { pipeline, plan }: UnitPlace,
  partitions: readonly number[]
): Effect.Effect<void, TaskFailure> {
  return untilCommitted(transport, pipeline, (completed) =>
    partitions.every((partition) => completed.has(`${plan.head}/${partition}`))
  )
}

/** Waits until the chain's end stands in its outputs, whoever wrote it. */
export function untilChainEnded(
  transport: TransportShape,
  { pipeline, plan }: UnitPlace
): Effect.Effect<void, TaskFailure> {
  return untilCommitted(transport, pipeline, (completed) => completed.has(`${plan.head}/${chainPartition}`))
}

const untilCommitted = Effect.fnUntraced(function* (
  transport: TransportShape,
  pipeline: string,
  isEnough: (completed: ReadonlySet<string>) => boolean
): Effect.fn.Return<void, TaskFailure> {
  for (;;) {
    const all = yield* Effect.mapError(transport.checkpoints(pipeline), fromTransport)
    const completed = all.flatMap(({ checkpoint, task }) =>
      checkpoint.completed ? [`${task.node}/${task.partition}`] : []
    )
    if (isEnough(new Set(completed))) return
    yield* Effect.sleep(askEveryMs)
  }
})
