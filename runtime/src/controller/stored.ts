import { type ApiError, apiError } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import { type Plan, planFromJson } from "../plan/index.ts"
import type { StoredPipeline } from "./store.ts"

/**
 * The plans that were read last, newest first. A change reads the plan that runs half a dozen times, and most of a plan's text is its
 * bundles: each parse of one of 200 kB takes milliseconds of an author's wait for a save.
 */
const newest: { readonly text: string; readonly plan: Plan }[] = []
const mostKept = 4

/** The plan that is stored with a pipeline. The same text may give the same object. */
export const readStoredPlan = ({
  pipeline,
  planJson
}: Pick<StoredPipeline, "pipeline" | "planJson">): Effect.Effect<Plan, ApiError> =>
  Effect.suspend(() => {
    const known = newest.find(({ text }) => text === planJson)
    return known === undefined
      ? Effect.tap(planFromJson(planJson), (plan) => keep(planJson, plan))
      : Effect.succeed(known.plan)
  }).pipe(
    Effect.mapError((error) =>
      apiError("STORE_FAILED", { reason: `the plan of ${pipeline}: ${error.message}` })
    )
  )

const keep = (text: string, plan: Plan) =>
  Effect.sync(() => {
    newest.unshift({ text, plan })
    newest.length = Math.min(newest.length, mostKept)
  })
