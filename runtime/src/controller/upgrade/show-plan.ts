import type { PlanRequest, PlanView } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import type { PlanFailed } from "../../plan/index.ts"
import { findMissingSecrets } from "../missing-secrets.ts"
import { planView } from "../plan-view.ts"
import { planPipeline } from "../planning.ts"
import { RunningPipelines } from "../running-pipelines.ts"
import { plannedRestore } from "../savepoint/savepoint-plan.ts"
import type { StoredPipeline } from "../store.ts"
import { readStoredPlan } from "../stored.ts"
import { readerProblems } from "../stream-readers.ts"
import { streamProblems } from "../streams.ts"
import { lostState } from "./apply.ts"
import { partitionsText } from "./history.ts"
import { canaryOf } from "./plan-canary.ts"
import { readCanary } from "./rollout.ts"

/** Plans a pipeline, and says what applying it would change, or all that stands in its way. */
export const showPlan = Effect.fn("showPlan")(function* (request: PlanRequest) {
  const running = yield* RunningPipelines
  const planned = yield* planPipeline(request).pipe(
    Effect.catchTag("PlanFailed", ({ problems }: PlanFailed) => Effect.succeed({ problems }))
  )
  if ("problems" in planned) return planned
  const { current, difference, plan: next } = planned
  const ended = yield* running.hasEnded(next.pipeline.pipeline)
  const restore = request.from === undefined ? undefined : yield* plannedRestore(next, request.from)
  const state = restore?.problems ?? (yield* lostState(next, request, ended))
  const canary = request.canary === undefined ? undefined : yield* canaryOf(request, current, next)
  const refused = canary !== undefined && "problems" in canary ? canary.problems : []
  const before = current === undefined ? undefined : yield* readStoredPlan(current)
  const problems = [
    ...(yield* streamProblems(next)),
    ...(yield* readerProblems(before, next)),
    ...state,
    ...refused
  ]
  if (problems.length > 0) return { problems }
  const rerun = restore === undefined && ended && difference.wouldChange
  const missingSecrets = yield* findMissingSecrets(next)
  const view = planView({ plan: next, difference, rerun, missingSecrets })
  const tried = canary === undefined || "problems" in canary ? [] : [triedText(canary.partitions, current)]
  const texts = [...(restore?.notes ?? []), ...tried, ...(yield* endsCanary(current))]
  if (texts.length === 0) return { plan: view }
  const notes = texts.map((text) => ({ action: "note", text }) as const)
  const changed: PlanView = { ...view, wouldChange: true, changes: [...view.changes, ...notes] }
  return { plan: changed }
})

const triedText = (
  partitions: { readonly [chain: string]: readonly number[] },
  current: StoredPipeline | undefined
): string =>
  `a canary: ${partitionsText(partitions)} run it, all others go on with revision ${current?.revision ?? 0}`

const endsCanary = Effect.fnUntraced(function* (current: StoredPipeline | undefined) {
  if (current === undefined || (yield* readCanary(current.planJson)) === undefined) return []
  return [`the canary of revision ${current.revision} ends: all partitions run this`]
})
