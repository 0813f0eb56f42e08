import {
  apiError,
  type ApplyView,
  type PlanProblem,
  type RollbackPlan,
  type RollbackQuestion,
  type RollbackRequest
} from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import { checkTopics } from "../../plan/check-topics.ts"
import { diffPlans } from "../../plan/difference/diff-plans.ts"
import type { Plan } from "../../plan/index.ts"
import { Transport } from "../../transport/transport.ts"
import { ungranted } from "../grants.ts"
import { findMissingSecrets } from "../missing-secrets.ts"
import { planView } from "../plan-view.ts"
import { planDependencies } from "../planning.ts"
import { RunningPipelines } from "../running-pipelines.ts"
import { stateProblems } from "../state/state-problems.ts"
import { PipelineStore, type StoredPipeline, type StoredRevision } from "../store.ts"
import { storeFailed } from "../store-failed.ts"
import { readStoredPlan } from "../stored.ts"
import { readerProblems } from "../stream-readers.ts"
import { registerStreams, streamProblems } from "../streams.ts"
import { logFailed } from "../topics.ts"
import { type Applied, consent, openBeside } from "./apply.ts"
import { readRollout } from "./rollout.ts"
import { switchRevision } from "./switch-revision.ts"
import { trialAfter } from "./trial.ts"

/** What taking an earlier revision again would change; fails with ROLLBACK_IMPOSSIBLE where it cannot be. */
export const planRollback = Effect.fn("planRollback")(function* (
  current: StoredPipeline,
  question: RollbackQuestion
) {
  const { before, difference, ended, next } = yield* earlier(current, question)
  const plan = planView({
    plan: next,
    difference,
    rerun: ended && difference.wouldChange,
    missingSecrets: yield* findMissingSecrets(next)
  })
  return { to: before.revision, from: current.revision, plan } satisfies RollbackPlan
})

/** Takes an earlier revision's plan again, as it was, as a new revision. */
export const rollBack = Effect.fn("rollBack")(function* (
  current: StoredPipeline,
  request: RollbackRequest,
  by: string
) {
  const { pipeline } = current
  if (current.revision !== request.from)
    return yield* apiError("PIPELINE_CHANGED", {
      pipeline,
      current: current.revision,
      expected: request.from
    })
  const { before, ended, next } = yield* earlier(current, request)
  yield* consent(next, request.grant, by)
  const running = yield* RunningPipelines
  const run = (yield* running.all).find(({ stored }) => stored.pipeline === pipeline)
  const opened = yield* openBeside(current, next)
  yield* registerStreams(next, by).pipe(Effect.tapError(() => opened.close))
  const losesNothing = (yield* stateProblems(next)).length === 0
  const saved = yield* switchRevision({
    current,
    next,
    text: before.text,
    by,
    opened,
    rollout: { does: "rollback", to: before.revision },
    trial: ended || !losesNothing ? undefined : trialAfter(run)
  })
  const view: ApplyView = { pipeline, revision: saved.revision, hash: saved.planHash, changed: true }
  return { view, saved } satisfies Applied
})

/** The revision that is meant, its plan under the grants of now, and what it would change; fails where it cannot run any more. */
const earlier = Effect.fnUntraced(function* (current: StoredPipeline, question: RollbackQuestion) {
  const { pipeline } = current
  const running = yield* RunningPipelines
  const before = yield* revisionToTake(current, question.to)
  const stored = yield* readStoredPlan(before)
  const missing = new Set(yield* ungranted(stored))
  const next: Plan = {
    ...stored,
    permissions: stored.permissions.map((each) => ({ ...each, granted: !missing.has(each) }))
  }
  const ended = yield* running.hasEnded(pipeline)
  const state = question.discardState === true || ended ? [] : yield* stateProblems(next)
  const now = yield* readStoredPlan(current)
  const problems = [
    ...state,
    ...(yield* streamProblems(next)),
    ...(yield* readerProblems(now, next)),
    ...(yield* surroundings(next))
  ]
  if (problems.length > 0)
    return yield* apiError("ROLLBACK_IMPOSSIBLE", {
      pipeline,
      revision: before.revision,
      reasons: problems.map(({ message }) => message)
    })
  return { before, ended, next, difference: diffPlans(now, next) }
})

/** What other pipelines have meanwhile made of what a plan reads and names. */
const surroundings = Effect.fnUntraced(function* (plan: Plan) {
  const transport = yield* Transport
  const dependencies = yield* planDependencies
  const taken = yield* checkTopics(plan.pipeline, plan.topics, dependencies)
  const known = new Set((yield* Effect.mapError(transport.topics, logFailed)).map(({ name }) => name))
  const own = new Set(plan.topics.map(({ name }) => name))
  const read = plan.physical.chains.flatMap(({ inputs, tables }) =>
    [...inputs, ...tables].map(({ topic }) => topic)
  )
  const gone = [...new Set(read)].filter((topic) => !own.has(topic) && !known.has(topic))
  return [
    ...taken.map(({ message }): Pick<PlanProblem, "message"> => ({ message })),
    ...gone.map((topic): Pick<PlanProblem, "message"> => ({
      message: `the stream ${topic} is no longer there`
    }))
  ]
})

const revisionToTake = Effect.fnUntraced(function* (current: StoredPipeline, to: number | undefined) {
  const { pipeline, revision } = current
  if (to === undefined) return yield* lastGood(current)
  const found = yield* revisionOf(pipeline, to)
  if (found === undefined) return yield* apiError("REVISION_UNKNOWN", { pipeline, revision: to })
  if (to === revision)
    return yield* apiError("ROLLBACK_IMPOSSIBLE", {
      pipeline,
      revision: to,
      reasons: ["it is what runs now"]
    })
  return found
})

/** The last revision before that did other work: no canary, and none that could not run and was taken back. */
const lastGood = Effect.fnUntraced(function* (current: StoredPipeline) {
  const { pipeline, planHash, planJson, revision } = current
  let after = yield* readRollout(planJson)
  if (after?.does === "canary") {
    const beside = yield* revisionOf(pipeline, after.beside)
    if (beside !== undefined) return beside
  }
  for (let number = revision - 1; number >= 1; number--) {
    const found: StoredRevision | undefined = yield* revisionOf(pipeline, number)
    if (found === undefined) break
    const rollout = yield* readRollout(found.planJson)
    const wasTakenBack = after?.does === "return"
    if (found.planHash !== planHash && !wasTakenBack && rollout?.does !== "canary") return found
    after = rollout
  }
  return yield* apiError("ROLLBACK_IMPOSSIBLE", {
    pipeline,
    revision: revision - 1,
    reasons: ["no earlier revision did other work and could run"]
  })
})

const revisionOf = Effect.fnUntraced(function* (pipeline: string, revision: number) {
  const store = yield* PipelineStore
  return yield* store.revision(pipeline, revision).pipe(Effect.mapError(storeFailed))
})
