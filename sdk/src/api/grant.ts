import * as Schema from "effect/Schema"
import { Permission } from "../permission/permission.ts"
import { created, defineEndpoint, json, noContent, ok } from "./endpoint.ts"
import { PipelineName } from "./pipeline.ts"

const NodeName = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(200))

/** An operator's consent: this node of this pipeline may do this. */
export const Grant = Schema.Struct({
  id: Schema.Int,
  pipeline: PipelineName,
  node: NodeName,
  permission: Permission,
  grantedAt: Schema.Int,
  grantedBy: Schema.String,
  /** Null while it is in force. */
  revokedAt: Schema.NullOr(Schema.Int),
  revokedBy: Schema.NullOr(Schema.String)
})
export type Grant = typeof Grant.Type

const pipelineParams = Schema.Struct({ pipeline: PipelineName })

export const grantEndpoints = [
  defineEndpoint({
    id: "listGrants",
    method: "GET",
    path: "/api/pipelines/:pipeline/grants",
    tag: "grants",
    summary: "List what a pipeline's nodes may do; revoked grants too, when asked",
    access: "read",
    params: pipelineParams,
    query: Schema.Struct({ revoked: Schema.optionalKey(Schema.Literals(["true", "false"])) }),
    success: ok(json(Schema.Struct({ grants: Schema.Array(Grant) }))),
    errors: []
  }),
  defineEndpoint({
    id: "createGrant",
    method: "POST",
    path: "/api/pipelines/:pipeline/grants",
    tag: "grants",
    summary: "Allow a node something; asking twice answers the grant in force",
    access: "grants",
    resource: "pipeline",
    params: pipelineParams,
    body: json(Schema.Struct({ node: NodeName, permission: Permission })),
    success: created(json(Grant)),
    errors: []
  }),
  defineEndpoint({
    id: "revokeGrant",
    method: "DELETE",
    path: "/api/pipelines/:pipeline/grants/:id",
    tag: "grants",
    summary: "Take a grant back",
    access: "grants",
    resource: "pipeline",
    params: Schema.Struct({
      pipeline: PipelineName,
      id: Schema.FiniteFromString.check(Schema.isInt(), Schema.isGreaterThan(0))
    }),
    success: noContent,
    errors: ["GRANT_UNKNOWN"]
  })
] as const
