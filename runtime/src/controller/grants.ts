import { apiError } from "@millrace/sdk/api"
import { Permission } from "@millrace/sdk/permission"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { canonicalJson } from "../pipeline/index.ts"
import type { Plan, PlannedPermission } from "../plan/index.ts"
import { PipelineStore } from "./store.ts"
import { storeFailed } from "./store-failed.ts"

const GrantedPermission = Schema.fromJsonString(Permission)

/** The permissions in force for a pipeline, by node. */
export const grantsOf = Effect.fn("grantsOf")(function* (pipeline: string) {
  const store = yield* PipelineStore
  const grants = yield* store.grants(pipeline).pipe(Effect.mapError(storeFailed))
  return yield* Effect.forEach(grants, ({ node, permission }) =>
    Effect.map(Schema.decodeEffect(GrantedPermission)(permission), (decoded) => ({
      node,
      permission: decoded
    }))
  ).pipe(Effect.mapError(() => apiError("STORE_FAILED", { reason: "a stored grant cannot be read" })))
})

/** What a plan asks for and nobody grants now; a plan was granted whole when it was applied, but a grant can be taken back. */
export const ungranted = Effect.fn("ungranted")(function* (plan: Plan) {
  const granted = new Set(
    (yield* grantsOf(plan.pipeline.pipeline)).map(({ node, permission }) => name(node, permission))
  )
  return plan.permissions.filter(({ node, permission }) => !granted.has(name(node, permission)))
})

const name = (node: string, permission: PlannedPermission["permission"]): string =>
  canonicalJson([node, permission])
