import * as Schema from "effect/Schema"
import { ApplyView, PlanView } from "./control-plan.ts"
import { defineEndpoint, json, ok } from "./endpoint.ts"

const Pipeline = Schema.Struct({ pipeline: Schema.String })
const Revision = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2_147_483_647 }))

export const RollbackQuestion = Schema.Struct({
  /** The revision to take again; absent: the last one before that did other work and could run. */
  to: Schema.optionalKey(Revision),
  /** Let state begin empty that the earlier plan cannot read; without it that is refused. */
  discardState: Schema.optionalKey(Schema.Boolean)
})
export type RollbackQuestion = typeof RollbackQuestion.Type

export const RollbackPlan = Schema.Struct({
  to: Revision,
  /** The revision that it would follow; `rollback` is refused when another came between. */
  from: Revision,
  plan: PlanView
})
export type RollbackPlan = typeof RollbackPlan.Type

export const RollbackRequest = Schema.Struct({
  to: Revision,
  from: Revision,
  discardState: Schema.optionalKey(Schema.Boolean),
  /** Grant what the earlier plan asks for and has not got any more. */
  grant: Schema.Boolean
})
export type RollbackRequest = typeof RollbackRequest.Type

/** A revision with why it is there, and what it changed. */
export const RevisionView = Schema.Struct({
  revision: Schema.Int,
  planHash: Schema.String,
  by: Schema.String,
  /** ms since 1970. */
  at: Schema.Number,
  /** `applied`, `took revision 1 again`, `the platform took revision 1 again: …`, `canary beside revision 1`, … */
  what: Schema.String,
  /** A line per change against the revision before it, like a plan's. */
  changes: Schema.Array(
    Schema.Struct({ action: Schema.Literals(["add", "remove", "change", "note"]), text: Schema.String })
  )
})
export type RevisionView = typeof RevisionView.Type

const switching = [
  "PIPELINE_UNKNOWN",
  "REVISION_UNKNOWN",
  "UPGRADE_FAILED",
  "UPGRADE_STUCK",
  "TOPIC_NOT_DRAINED",
  "STATE_MIGRATION_FAILED",
  "LOG_FAILED",
  "SANDBOX_FAILED"
] as const

/** Streams on Kafka may be registered elsewhere. */
const registering = ["SCHEMA_REGISTRY_REFUSED", "SCHEMA_REGISTRY_UNAVAILABLE"] as const

/** How a pipeline came to what it is, and the way back. */
export const rolloutEndpoints = [
  defineEndpoint({
    id: "pipelineHistory",
    method: "GET",
    path: "/api/status/:pipeline/history",
    tag: "control",
    summary: "A pipeline's revisions, the newest first: who, when, why, and what each changed",
    access: "read",
    params: Pipeline,
    query: Schema.Struct({
      limit: Schema.optionalKey(
        Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 1000 }))
      )
    }),
    success: ok(json(Schema.Array(RevisionView))),
    errors: ["PIPELINE_UNKNOWN"]
  }),
  defineEndpoint({
    id: "planRollback",
    method: "POST",
    path: "/api/status/:pipeline/rollback/plan",
    tag: "control",
    summary: "Shows what taking an earlier revision again would change",
    access: "pipelines",
    resource: "pipeline",
    params: Pipeline,
    body: json(RollbackQuestion),
    success: ok(json(RollbackPlan)),
    errors: ["PIPELINE_UNKNOWN", "REVISION_UNKNOWN", "ROLLBACK_IMPOSSIBLE", ...registering, "LOG_FAILED"]
  }),
  defineEndpoint({
    id: "rollbackPipeline",
    method: "POST",
    path: "/api/status/:pipeline/rollback",
    tag: "control",
    summary: "Takes an earlier revision's plan again, exactly, as a new revision",
    access: "pipelines",
    resource: "pipeline",
    params: Pipeline,
    body: json(RollbackRequest),
    success: ok(json(ApplyView)),
    errors: [...switching, ...registering, "PIPELINE_CHANGED", "ROLLBACK_IMPOSSIBLE", "GRANT_NEEDED"]
  }),
  defineEndpoint({
    id: "promotePipeline",
    method: "POST",
    path: "/api/status/:pipeline/promote",
    tag: "control",
    summary: "Takes the canary that runs to all partitions, as a new revision",
    access: "pipelines",
    resource: "pipeline",
    params: Pipeline,
    success: ok(json(ApplyView)),
    errors: [...switching, "CANARY_NONE"]
  })
] as const
