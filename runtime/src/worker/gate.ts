import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type { PlacedUnit } from "./placement.ts"

/** What all tasks of a pipeline pass between two batches: they wait here while it is paused, and end here when it stops. */
export interface Gate {
  readonly pause: Effect.Effect<void>
  readonly resume: Effect.Effect<void>
  readonly stop: Effect.Effect<void>
  readonly isPaused: () => boolean
  readonly isStopping: () => boolean
  /** Answers at once while the pipeline runs, else when it goes on or stops. */
  readonly pass: Effect.Effect<"go" | "stop">
  /** Ends an idle wait early when the pipeline is paused or stops. */
  readonly whileOpen: <E>(wait: Effect.Effect<void, E>) => Effect.Effect<void, E>
  /** Answers when it stops. */
  readonly stopped: Effect.Effect<void>
}

export const makeGate: Effect.Effect<Gate> = Effect.gen(function* () {
  const open = yield* Latch.make(true)
  const closed = yield* Latch.make(false)
  const stopped = yield* Latch.make(false)
  let paused = false
  let stopping = false
  const answer = Effect.sync((): "go" | "stop" => (stopping ? "stop" : "go"))
  return {
    pause: Effect.suspend(() => {
      paused = true
      return Effect.andThen(open.close, closed.open)
    }).pipe(Effect.asVoid),
    resume: Effect.suspend(() => {
      paused = false
      return Effect.andThen(closed.close, open.open)
    }).pipe(Effect.asVoid),
    stop: Effect.suspend(() => {
      stopping = true
      return Effect.andThen(stopped.open, closed.open)
    }).pipe(Effect.asVoid),
    isPaused: () => paused,
    isStopping: () => stopping,
    pass: Effect.suspend(() =>
      stopping || !paused ? answer : Effect.andThen(Effect.raceFirst(open.await, stopped.await), answer)
    ),
    whileOpen: (wait) => Effect.raceFirst(wait, closed.await),
    stopped: stopped.await
  }
})

/** What the tasks of a unit pass: they end there, too, when this worker is to give the unit up. */
export const gateWithin = (gate: Gate, unit: PlacedUnit): Gate => ({
  ...gate,
  isStopping: () => gate.isStopping() || !unit.isHeld(),
  pass: Effect.suspend(() => {
    if (!unit.isHeld()) return Effect.succeed("stop" as const)
    if (!gate.isPaused()) return gate.pass
    return Effect.map(Effect.raceFirst(Effect.asVoid(gate.pass), unit.revoked), () =>
      gate.isStopping() || !unit.isHeld() ? "stop" : "go"
    )
  }),
  whileOpen: (wait) => Effect.raceFirst(gate.whileOpen(wait), unit.revoked),
  stopped: Effect.raceFirst(gate.stopped, unit.revoked)
})
