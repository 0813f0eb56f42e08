import {
  apiError,
  limitOf,
  type PageQuery,
  PipelineSummary,
  RevisionDetail,
  RevisionSummary
} from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { decodedRow, decodedRows } from "../store/database.ts"

/** A revision's physical plan, as its JSON was given. */
export const StoredPlan = Schema.Struct({
  pipeline: Schema.String,
  revision: Schema.Int,
  planHash: Schema.String,
  planJson: Schema.String
})
export type StoredPlan = typeof StoredPlan.Type

const pipelineColumns = `name, owner, desired, revision, plan_hash AS "planHash", changed_at AS "changedAt",
  changed_by AS "changedBy"`
const revisionColumns = `pipeline, revision, plan_hash AS "planHash", applied_at AS "appliedAt", applied_by AS "appliedBy"`

/** A pipeline, deleted or not; undefined when there never was one of the name. */
export const pipelineRow = (name: string) =>
  decodedRow(PipelineSummary, `SELECT ${pipelineColumns} FROM pipelines WHERE name = ?`, [name])

/** A pipeline, deleted or not; fails with PIPELINE_UNKNOWN. */
export const knownPipeline = Effect.fnUntraced(function* (name: string) {
  return (yield* pipelineRow(name)) ?? (yield* apiError("PIPELINE_UNKNOWN", { pipeline: name }))
})

export const list = Effect.fnUntraced(function* (query: PageQuery & { readonly deleted?: "true" | "false" }) {
  const limit = limitOf(query)
  const pipelines = yield* decodedRows(
    PipelineSummary,
    `SELECT ${pipelineColumns} FROM pipelines
      WHERE name > ? ${query.deleted === "true" ? "" : "AND desired <> 'deleted'"} ORDER BY name LIMIT ?`,
    [query.after ?? "", limit]
  )
  return { pipelines, next: pipelines.length < limit ? null : (pipelines.at(-1)?.name ?? null) }
})

export const revisionOf = Effect.fnUntraced(function* (name: string, revision: number) {
  const found = yield* decodedRow(
    RevisionDetail,
    `SELECT ${revisionColumns}, text, canonical FROM revisions WHERE pipeline = ? AND revision = ?`,
    [name, revision]
  )
  if (found !== undefined) return found
  yield* knownPipeline(name)
  return yield* apiError("REVISION_UNKNOWN", { pipeline: name, revision })
})

export const get = Effect.fnUntraced(function* (name: string) {
  const pipeline = yield* knownPipeline(name)
  return { ...pipeline, latest: yield* revisionOf(name, pipeline.revision) }
})

export const listRevisions = Effect.fnUntraced(function* (name: string, page: PageQuery) {
  const limit = limitOf(page)
  yield* knownPipeline(name)
  const before = Number(page.after ?? Number.MAX_SAFE_INTEGER)
  const revisions = yield* decodedRows(
    RevisionSummary,
    `SELECT ${revisionColumns} FROM revisions WHERE pipeline = ? AND revision < ? ORDER BY revision DESC LIMIT ?`,
    [name, Number.isSafeInteger(before) ? before : 0, limit]
  )
  return { revisions, next: revisions.length < limit ? null : String(revisions.at(-1)?.revision ?? 0) }
})

export const planOf = Effect.fnUntraced(function* (name: string, revision: number | undefined) {
  const chosen = revision ?? (yield* knownPipeline(name)).revision
  const found = yield* decodedRow(
    StoredPlan,
    `SELECT pipeline, revision, plan_hash AS "planHash", plan AS "planJson" FROM revisions
      WHERE pipeline = ? AND revision = ?`,
    [name, chosen]
  )
  return found ?? (yield* apiError("REVISION_UNKNOWN", { pipeline: name, revision: chosen }))
})
