import type { RevisionView } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import { diffPlans } from "../../plan/difference/diff-plans.ts"
import { differenceLines } from "../../plan/difference/render-difference.ts"
import { PipelineStore, type StoredRevision } from "../store.ts"
import { storeFailed } from "../store-failed.ts"
import { readStoredPlan } from "../stored.ts"
import { readRollout, type Rollout } from "./rollout.ts"

/** The newest revisions of a pipeline, at most so many, each with why it is there and what it changed. */
export const pipelineHistory = Effect.fn("pipelineHistory")(function* (
  pipeline: string,
  newest: number,
  limit: number
) {
  const views: RevisionView[] = []
  let revision = yield* revisionOf(pipeline, newest)
  while (revision !== undefined && views.length < limit) {
    const before: StoredRevision | undefined = yield* revisionOf(pipeline, revision.revision - 1)
    const was = before === undefined ? undefined : yield* readStoredPlan(before)
    const { at, by, planHash } = revision
    views.push({
      revision: revision.revision,
      planHash,
      by,
      at,
      what: whatText(yield* readRollout(revision.planJson)),
      changes: differenceLines(diffPlans(was, yield* readStoredPlan(revision)))
    })
    revision = before
  }
  return views
})

const revisionOf = Effect.fnUntraced(function* (pipeline: string, revision: number) {
  const store = yield* PipelineStore
  return revision < 1
    ? undefined
    : yield* store.revision(pipeline, revision).pipe(Effect.mapError(storeFailed))
})

const whatText = (rollout: Rollout | undefined): string => {
  switch (rollout?.does) {
    case undefined:
      return "applied"
    case "rollback":
      return `took revision ${rollout.to} again`
    case "return":
      return `the platform took revision ${rollout.to} again, for the one before could not run: ${rollout.because}`
    case "canary":
      return `canary beside revision ${rollout.beside}, on ${partitionsText(rollout.partitions)}`
    case "promote":
      return `took the canary of revision ${rollout.canary} everywhere`
  }
}

/** `partitions 0, 1 of counts and 0 of sums` */
export const partitionsText = (partitions: { readonly [chain: string]: readonly number[] }): string =>
  `partitions ${Object.entries(partitions)
    .map(([chain, chosen]) => `${chosen.join(", ")} of ${chain}`)
    .join(" and ")}`
