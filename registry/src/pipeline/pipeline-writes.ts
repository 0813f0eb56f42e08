import { apiError, type DesiredState } from "@millrace/sdk/api"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { AuditLog } from "../audit/audit-log.ts"
import { execute, inTransaction } from "../store/database.ts"
import { knownPipeline, pipelineRow, revisionOf } from "./pipeline-rows.ts"

/** A revision to be stored. */
export interface NewRevision {
  readonly pipeline: string
  readonly owner: string | null
  /** As its author wrote it. */
  readonly text: string
  /** Canonical form, JSON. */
  readonly canonical: string
  readonly planHash: string
  /** The physical plan, JSON. */
  readonly planJson: string
  /** The latest revision when the plan was made; 0: none. */
  readonly expectedRevision: number
  /** What is to become of it; `running` unless told. */
  readonly desired?: DesiredState
  readonly actor: string
}

export const save = (next: NewRevision) =>
  inTransaction(
    Effect.gen(function* () {
      const { actor, pipeline } = next
      const at = yield* Clock.currentTimeMillis
      const before = yield* pipelineRow(pipeline)
      const current = before?.revision ?? 0
      if (current !== next.expectedRevision)
        return yield* apiError("PIPELINE_CHANGED", { pipeline, current, expected: next.expectedRevision })
      const revision = current + 1
      const desired = next.desired ?? "running"
      yield* execute(
        `INSERT INTO pipelines (name, owner, desired, revision, plan_hash, changed_at, changed_by)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, desired = excluded.desired,
            revision = excluded.revision, plan_hash = excluded.plan_hash, changed_at = excluded.changed_at,
            changed_by = excluded.changed_by`,
        [pipeline, next.owner, desired, revision, next.planHash, at, actor]
      )
      yield* execute(
        `INSERT INTO revisions (pipeline, revision, text, canonical, plan_hash, plan, applied_at, applied_by)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [pipeline, revision, next.text, next.canonical, next.planHash, next.planJson, at, actor]
      )
      yield* (yield* AuditLog).append({
        actor,
        action: "pipeline.apply",
        target: pipeline,
        detail: { revision, planHash: next.planHash, desired }
      })
      const { pipeline: name, planHash, appliedAt, appliedBy } = yield* revisionOf(pipeline, revision)
      return { pipeline: name, revision, planHash, appliedAt, appliedBy }
    })
  )

export const setDesired = (name: string, desired: DesiredState, actor: string) =>
  inTransaction(
    Effect.gen(function* () {
      const before = yield* knownPipeline(name)
      if (before.desired === desired) return before
      const at = yield* Clock.currentTimeMillis
      yield* execute("UPDATE pipelines SET desired = ?, changed_at = ?, changed_by = ? WHERE name = ?", [
        desired,
        at,
        actor,
        name
      ])
      yield* (yield* AuditLog).append({
        actor,
        action: "pipeline.desire",
        target: name,
        detail: { desired, before: before.desired }
      })
      return yield* knownPipeline(name)
    })
  )
