import type { SandboxPoolShape, Segment, SegmentSpec } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { PhysicalPlan } from "../../plan/physical.ts"
import { fromSegment } from "../task/task-failure.ts"
import type { TaskFailure } from "../task/task-failure.ts"
import { chainSegments } from "./open-chain.ts"

/** The segments of a plan, loaded and opened with their config before anything of the plan runs. */
export interface OpenedAhead {
  /** Hands each of them out once, for as long as {@link close} was not called; opens all else itself. */
  readonly pool: SandboxPoolShape
  /** Lets go of all of them. The run that took them calls it when it ends. */
  readonly close: Effect.Effect<void>
}

/**
 * Opens every segment of a plan beside those that run, which are not touched: the sandbox holds both. Fails with the first
 * that does not open, and then keeps none.
 */
export const openAhead = Effect.fnUntraced(function* (
  plan: PhysicalPlan,
  pool: SandboxPoolShape
): Effect.fn.Return<OpenedAhead, TaskFailure> {
  const scope = yield* Scope.make()
  const close = Scope.close(scope, Exit.void)
  const opened = new Map<string, Segment>()
  const specs = plan.chains.flatMap((chain) => chainSegments(plan.pipeline, chain))
  yield* Effect.forEach(
    specs,
    (spec) => Effect.tap(pool.open(spec), (segment) => kept(opened, spec, segment)),
    {
      discard: true
    }
  ).pipe(
    Effect.provideService(Scope.Scope, scope),
    Effect.mapError(fromSegment),
    Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : close))
  )
  const open: SandboxPoolShape["open"] = (spec) =>
    Effect.suspend(() => {
      const name = nameOf(spec)
      const ready = opened.get(name)
      // Once: who opens it again has lost the first one, and needs a new one.
      opened.delete(name)
      return ready === undefined ? pool.open(spec) : Effect.succeed(ready)
    })
  return { pool: { ...pool, open }, close }
})

const kept = (opened: Map<string, Segment>, spec: SegmentSpec, segment: Segment) =>
  Effect.sync(() => opened.set(nameOf(spec), segment))

/** Beside a canary another revision's segment of the same id is opened: that is not this one. */
const nameOf = ({ id, nodes }: SegmentSpec): string =>
  JSON.stringify([id, ...nodes.flatMap(({ configJson, digest, plugin }) => [digest, plugin, configJson])])
