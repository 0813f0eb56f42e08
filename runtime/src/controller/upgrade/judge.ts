import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { RunningPipelines } from "../running-pipelines.ts"
import { type PipelineHead, PipelineStore } from "../store.ts"
import { storeFailed } from "../store-failed.ts"
import { goBack } from "./go-back.ts"
import { endTrial, trialOf } from "./trial.ts"
import { type Verdict, verdictOf } from "./verdict.ts"

/** How long whoever applies is kept waiting for the first batches. */
const decideWithin = Duration.seconds(3)
/** How long a revision that waits for records, or for a slow first batch, is looked after without anybody waiting. */
const watchFor = Duration.seconds(15)
const pollInterval = Duration.millis(20)

/**
 * Waits until a revision on trial has shown what it can do. One that runs stays; one that cannot run at all is taken back, and
 * the call fails with why. True: it has yet to be seen, by {@link watchTrial}.
 */
export const judgeTrial = Effect.fn("judgeTrial")(function* (stored: PipelineHead) {
  if ((yield* trialOf(stored)) === undefined) return false
  const { is } = yield* untilVerdict(stored, ["failed", "idle", "runs"], decideWithin)
  if (is === "idle" || is === "open") return true
  yield* settleTrial(stored)
  return false
})

/** Answers when a revision on trial runs or has failed, or after 15 s: then {@link settleTrial} has something to do. */
export const watchTrial = (stored: PipelineHead) => untilVerdict(stored, ["failed", "runs"], watchFor)

/** Lets a revision stay that is on trial, or takes the one before again and fails with why. Does nothing for one on no trial. */
export const settleTrial = Effect.fn("settleTrial")(function* ({ pipeline, revision }: PipelineHead) {
  const store = yield* PipelineStore
  const stored = yield* store.get(pipeline).pipe(Effect.mapError(storeFailed))
  // Somebody applied another one meanwhile.
  if (stored?.revision !== revision) return
  const trial = yield* trialOf(stored)
  if (trial === undefined) return
  const verdict = yield* verdictNow(stored)
  yield* verdict.is === "failed" ? goBack(stored, trial, verdict.failure) : endTrial(stored)
})

const untilVerdict = Effect.fnUntraced(function* (
  stored: PipelineHead,
  wanted: readonly Verdict["is"][],
  within: Duration.Duration
) {
  const polls = Math.ceil(Duration.toMillis(within) / Duration.toMillis(pollInterval))
  for (let poll = 0; ; poll++) {
    const verdict = yield* verdictNow(stored)
    if (wanted.includes(verdict.is) || poll >= polls) return verdict
    yield* Effect.sleep(pollInterval)
  }
})

const verdictNow = Effect.fnUntraced(function* ({
  pipeline,
  revision
}: PipelineHead): Effect.fn.Return<Verdict, never, RunningPipelines> {
  const running = yield* RunningPipelines
  const run = (yield* running.all).find(({ stored }) => stored.pipeline === pipeline)
  if (run === undefined || run.stored.revision !== revision) return { is: "runs" }
  if (run.running !== undefined) return verdictOf(run.running)
  return run.failure === undefined ? { is: "open" } : { is: "failed", chain: "", failure: run.failure }
})
