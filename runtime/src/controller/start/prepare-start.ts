import type { ApiError } from "@millrace/sdk/api"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Plan } from "../../plan/index.ts"
import type { Transport } from "../../transport/transport.ts"
import { readMarks, writeMarks } from "../run-marks.ts"
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
): Effect.fn.Return<void, ApiError, Transport> {
  const now = yield* Clock.currentTimeMillis
  const { pipeline, revision } = stored
  yield* Effect.gen(function* () {
    const marks = yield* readMarks(pipeline)
    const { intent } = marks
    if (intent?.does === "reset" && intent.revision === revision) {
      if (intent.target.to === "start") yield* beginAnew(pipeline, plan, now)
      else yield* setBack(pipeline, plan, intent.target, now)
      return yield* writeMarks(pipeline, { started: revision, ended: 0, intent: undefined }, now)
    }
    if (marks.started === revision) return
    if (marks.started > 0 && marks.ended === marks.started) yield* beginAnew(pipeline, plan, now)
    else if (marks.started > 0) yield* forgetRemoved(pipeline, plan)
    yield* writeMarks(pipeline, { started: revision }, now)
  }).pipe(Effect.mapError(logFailed))
})
