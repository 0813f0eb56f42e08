import type { ApiError } from "@millrace/sdk/api"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Plan } from "../../plan/index.ts"
import type { Transport } from "../../transport/transport.ts"
import { readMarks, writeMarks } from "../run-marks.ts"
import { restoreSavepoint } from "../savepoint/restore-savepoint.ts"
import type { Savepoints } from "../savepoint/savepoints.ts"
import type { StoredPipeline } from "../store.ts"
import { logFailed } from "../topics.ts"
import { beginAnew, forgetRemoved } from "./begin-anew.ts"
import { setBack } from "./set-back.ts"

/**
 * Before a revision starts: what somebody asked for is done, and what its first start takes. A kill anywhere in between is
 * mended by the next start, which does it again: the marks are written last, and nothing runs before them.
 */
export const prepareStart = Effect.fn("prepareStart")(function* (
  stored: StoredPipeline,
  plan: Plan
): Effect.fn.Return<void, ApiError, Savepoints | Transport> {
  const now = yield* Clock.currentTimeMillis
  const { pipeline, revision } = stored
  const marks = yield* readMarks(pipeline).pipe(Effect.mapError(logFailed))
  const { intent } = marks
  if (intent?.does === "restore" && intent.after < revision && intent.planHash === stored.planHash) {
    yield* restoreSavepoint(plan, { pipeline: intent.pipeline, savepoint: intent.savepoint, now })
    const done = { started: revision, ended: 0, intent: undefined }
    return yield* writeMarks(pipeline, done, now).pipe(Effect.mapError(logFailed))
  }
  yield* Effect.gen(function* () {
    if (intent?.does === "reset" && intent.revision === revision) {
      if (intent.target.to === "start") yield* beginAnew(pipeline, plan, now)
      else yield* setBack(pipeline, plan, intent.target, now)
      return yield* writeMarks(pipeline, { started: revision, ended: 0, intent: undefined }, now)
    }
    if (marks.started === revision) return
    if (marks.started > 0 && marks.ended === marks.started) yield* beginAnew(pipeline, plan, now)
    // While it is on trial the one before may be wanted again, and with it all that it kept: `endTrial` forgets it.
    else if (marks.started > 0 && marks.trial?.revision !== revision) yield* forgetRemoved(pipeline, plan)
    yield* writeMarks(pipeline, { started: revision }, now)
  }).pipe(Effect.mapError(logFailed))
})
