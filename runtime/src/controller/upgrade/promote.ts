import { apiError, type ApplyView } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import { RunningPipelines } from "../running-pipelines.ts"
import { PipelineStore, type StoredPipeline } from "../store.ts"
import { storeFailed } from "../store-failed.ts"
import { readStoredPlan } from "../stored.ts"
import { type Applied, openBeside } from "./apply.ts"
import { readCanary } from "./rollout.ts"
import { switchRevision } from "./switch-revision.ts"
import { trialAfter } from "./trial.ts"

/** Takes the canary that runs to all partitions: its plan as it is, as a new revision. */
export const promote = Effect.fn("promote")(function* (current: StoredPipeline, by: string) {
  const { pipeline, revision } = current
  const running = yield* RunningPipelines
  const store = yield* PipelineStore
  const canary = yield* readCanary(current.planJson)
  // One that has ended would begin anew: that is not what is asked for.
  if (canary === undefined || (yield* running.hasEnded(pipeline)))
    return yield* apiError("CANARY_NONE", { pipeline })
  const found = yield* store.revision(pipeline, revision).pipe(Effect.mapError(storeFailed))
  if (found === undefined) return yield* apiError("REVISION_UNKNOWN", { pipeline, revision })
  const run = (yield* running.all).find(({ stored }) => stored.pipeline === pipeline)
  const next = yield* readStoredPlan(current)
  const saved = yield* switchRevision({
    current,
    next,
    text: found.text,
    by,
    opened: yield* openBeside(current, next),
    rollout: { does: "promote", canary: revision },
    trial: trialAfter(run)
  })
  const view: ApplyView = { pipeline, revision: saved.revision, hash: saved.planHash, changed: true }
  return { view, saved } satisfies Applied
})
