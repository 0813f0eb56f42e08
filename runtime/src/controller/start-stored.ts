import * as Effect from "effect/Effect"
import { Controller } from "./controller.ts"
import { RunningPipelines } from "./running-pipelines.ts"
import { PipelineStore } from "./store.ts"

/**
 * At start: carries out what the store says should run. A pipeline that cannot be started is shown as failed and does
 * not keep the others from starting; one whose last upgrade had yet to show that it can run is judged now.
 */
export const startStored = Effect.gen(function* () {
  const store = yield* PipelineStore
  const running = yield* RunningPipelines
  const stored = yield* store.list
  yield* Effect.forEach(
    stored,
    (pipeline) => Effect.catch(running.carryOut(pipeline), (error) => Effect.logError(error.message)),
    { discard: true }
  )
  const controller = yield* Controller
  yield* Effect.catch(controller.watchTrials, (error) => Effect.logError(error.message))
})
