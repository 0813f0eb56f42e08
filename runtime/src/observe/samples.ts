import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { History } from "../telemetry/history/history.ts"
import { Collector } from "./collector.ts"
import { type AlertTimes, scaledSeconds } from "./rules/scale.ts"

/** How long samples are kept. */
const keptSeconds = 4 * 3_600

/** What was measured of late, here. */
export class Samples extends Context.Service<
  Samples,
  {
    readonly history: History
    /** Measures everything once, and adds it to the history. */
    readonly take: Effect.Effect<void>
  }
>()("millrace/observe/Samples") {
  static readonly layer = (times: AlertTimes) =>
    Layer.effect(
      Samples,
      Effect.gen(function* () {
        const collector = yield* Collector
        const history = new History({
          intervalMs: times.intervalMs,
          // A scale that shortens the interval less than itself leaves fewer samples than the longest window needs otherwise.
          lengthMs: Math.max(scaledSeconds(times, keptSeconds) * 1_000, 1_000 * times.intervalMs)
        })
        const take = Effect.gen(function* () {
          history.begin()
          yield* collector.measure(history)
          history.end(yield* Clock.currentTimeMillis)
        })
        return Samples.of({ history, take })
      })
    )
}
