import { type ApiError, apiError } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import { type Plan, planFromJson } from "../plan/index.ts"
import type { StoredPipeline } from "./store.ts"

/** The plan that is stored with a pipeline. */
export const readStoredPlan = (
  stored: Pick<StoredPipeline, "pipeline" | "planJson">
): Effect.Effect<Plan, ApiError> =>
  Effect.mapError(planFromJson(stored.planJson), (error) =>
    apiError("STORE_FAILED", { reason: `the plan of ${stored.pipeline}: ${error.message}` })
  )
