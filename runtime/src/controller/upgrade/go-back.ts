import { apiError } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import type { Trial } from "../run-marks.ts"
import { RunningPipelines } from "../running-pipelines.ts"
import { PipelineStore, type StoredPipeline } from "../store.ts"
import { storeFailed } from "../store-failed.ts"
import { readStoredPlan } from "../stored.ts"
import type { TaskFailure } from "../../worker/task/task-failure.ts"
import { returnObstacles } from "./can-return.ts"
import { switchRevision } from "./switch-revision.ts"
import { endTrial } from "./trial.ts"

/** Who applies what nobody asked for. */
const platform = "millrace"
/** Of why, in characters: what a plugin says may be of any length, and history keeps it. */
const maxReason = 500

/**
 * Takes the revision before again, in the place of one on trial that cannot run, as a new revision; and says so by failing, with why.
 * Where it could not go on, the failed one stays as it is, and the failure says that. A kill in between leaves the trial, which
 * ends the same way after the next start.
 */
export const goBack = Effect.fn("goBack")(function* (
  tried: StoredPipeline,
  trial: Trial,
  failure: TaskFailure
) {
  const store = yield* PipelineStore
  const running = yield* RunningPipelines
  const { pipeline } = tried
  const told = { pipeline, revision: tried.revision, node: failure.node ?? "a task", reason: failure.message }
  const found = yield* store.revision(pipeline, trial.before).pipe(Effect.mapError(storeFailed))
  if (found === undefined) return yield* apiError("REVISION_UNKNOWN", { pipeline, revision: trial.before })
  const plans = { before: yield* readStoredPlan(found), tried: yield* readStoredPlan(tried) }
  yield* running.stop(pipeline)
  const obstacles = yield* returnObstacles(plans, trial)
  if (obstacles.length > 0) {
    yield* endTrial(tried)
    // It has failed and says so; whoever mends it finds it there.
    yield* running.replace(tried)
    return yield* apiError("UPGRADE_STUCK", { ...told, before: trial.before, obstacles })
  }
  const back = yield* switchRevision({
    current: tried,
    next: plans.before,
    text: found.text,
    by: platform,
    rollout: { does: "return", to: trial.before, because: failure.message.slice(0, maxReason) }
  })
  if (trial.wasPaused) {
    yield* store.setDesired(pipeline, "paused", platform).pipe(Effect.mapError(storeFailed))
    yield* running.carryOut({ ...back, desired: "paused" })
  }
  const on = `${trial.before}, taken again as revision ${back.revision},`
  return yield* apiError("UPGRADE_FAILED", { ...told, before: on })
})
