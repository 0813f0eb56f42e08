import * as Schema from "effect/Schema"
import { defineEndpoint, json, ok } from "./endpoint.ts"
import { pageQuery } from "./page.ts"

/** A pipeline's name: lower-case letters, digits, hyphens. */
export const PipelineName = Schema.String.check(
  Schema.isPattern(/^[a-z0-9]+(?:-[a-z0-9]+)*$/u, {
    expected: "a pipeline name of a-z, 0-9 and hyphens inside"
  }),
  Schema.isMaxLength(100)
)

/** What the controller keeps true. A deleted pipeline keeps its history and its name. */
export const DesiredState = Schema.Literals(["running", "paused", "deleted"])
export type DesiredState = typeof DesiredState.Type

export const PipelineSummary = Schema.Struct({
  name: PipelineName,
  owner: Schema.NullOr(Schema.String),
  desired: DesiredState,
  revision: Schema.Int,
  planHash: Schema.String,
  changedAt: Schema.Int,
  changedBy: Schema.String
})
export type PipelineSummary = typeof PipelineSummary.Type

export const RevisionSummary = Schema.Struct({
  pipeline: PipelineName,
  revision: Schema.Int,
  planHash: Schema.String,
  appliedAt: Schema.Int,
  appliedBy: Schema.String
})
export type RevisionSummary = typeof RevisionSummary.Type

export const RevisionDetail = Schema.Struct({
  ...RevisionSummary.fields,
  /** The pipeline as its author wrote it. */
  text: Schema.String,
  /** Its canonical form, JSON. */
  canonical: Schema.String
})
export type RevisionDetail = typeof RevisionDetail.Type

const pipelineParams = Schema.Struct({ pipeline: PipelineName })

/**
 * Revisions are written by `apply` alone (a part of the controller): a physical plan carries granted permissions, and
 * must not come from a client.
 */
export const pipelineEndpoints = [
  defineEndpoint({
    id: "listPipelines",
    method: "GET",
    path: "/api/pipelines",
    tag: "pipelines",
    summary: "List pipelines by name",
    access: "read",
    query: Schema.Struct({
      ...pageQuery.fields,
      deleted: Schema.optionalKey(Schema.Literals(["true", "false"]))
    }),
    success: ok(
      json(Schema.Struct({ pipelines: Schema.Array(PipelineSummary), next: Schema.NullOr(Schema.String) }))
    ),
    errors: []
  }),
  defineEndpoint({
    id: "getPipeline",
    method: "GET",
    path: "/api/pipelines/:pipeline",
    tag: "pipelines",
    summary: "Show a pipeline with its latest revision",
    access: "read",
    params: pipelineParams,
    success: ok(json(Schema.Struct({ ...PipelineSummary.fields, latest: RevisionDetail }))),
    errors: ["PIPELINE_UNKNOWN"]
  }),
  defineEndpoint({
    id: "listRevisions",
    method: "GET",
    path: "/api/pipelines/:pipeline/revisions",
    tag: "pipelines",
    summary: "List a pipeline's revisions, newest first",
    access: "read",
    params: pipelineParams,
    query: pageQuery,
    success: ok(
      json(Schema.Struct({ revisions: Schema.Array(RevisionSummary), next: Schema.NullOr(Schema.String) }))
    ),
    errors: ["PIPELINE_UNKNOWN"]
  }),
  defineEndpoint({
    id: "getRevision",
    method: "GET",
    path: "/api/pipelines/:pipeline/revisions/:revision",
    tag: "pipelines",
    summary: "Show a revision of a pipeline",
    access: "read",
    params: Schema.Struct({
      pipeline: PipelineName,
      revision: Schema.FiniteFromString.check(
        Schema.isInt(),
        Schema.isBetween({ minimum: 1, maximum: 2147483647 })
      )
    }),
    success: ok(json(RevisionDetail)),
    errors: ["PIPELINE_UNKNOWN", "REVISION_UNKNOWN"]
  }),
  defineEndpoint({
    id: "setDesiredState",
    method: "PUT",
    path: "/api/pipelines/:pipeline/desired",
    tag: "pipelines",
    summary: "Pause, resume or delete a pipeline",
    access: "pipelines",
    resource: "pipeline",
    params: pipelineParams,
    body: json(Schema.Struct({ desired: DesiredState })),
    success: ok(json(PipelineSummary)),
    errors: ["PIPELINE_UNKNOWN", "STREAM_IN_USE"]
  })
] as const
