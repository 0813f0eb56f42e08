import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { Alerts } from "./alerts/alerts.ts"
import { Samples } from "./samples.ts"

/** Measures and judges at every interval, the first time at once; what goes wrong is logged, and the next interval tries again. Never ends. */
export const watch = Effect.gen(function* () {
  const samples = yield* Samples
  const alerts = yield* Alerts
  const once = Effect.andThen(samples.take, alerts.evaluate).pipe(
    Effect.catchCause((cause) => Effect.logError("what runs could not be measured", cause))
  )
  return yield* Effect.repeat(once, Schedule.fixed(`${alerts.times.intervalMs} millis`))
})
