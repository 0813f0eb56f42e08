import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * What the controller keeps outside itself: pipelines with their history, and grants. The registry holds it; the
 * program gives an adapter, so that the controller knows no store.
 */
export interface PipelineStoreShape {
  /** Every pipeline that was not deleted, and the number of its newest revision; reads no plan. */
  readonly newest: Effect.Effect<readonly Pick<StoredPipeline, "pipeline" | "revision">[], StoreError>
  /** Every pipeline that was not deleted, with its newest revision. */
  readonly list: Effect.Effect<readonly StoredPipeline[], StoreError>
  readonly get: (pipeline: string) => Effect.Effect<StoredPipeline | undefined, StoreError>
  /** One of its revisions; undefined when it has none of that number. */
  readonly revision: (
    pipeline: string,
    revision: number
  ) => Effect.Effect<StoredRevision | undefined, StoreError>
  /** Stores the next revision; durable when it answers. Fails when another came between (`expected` is the revision that was planned on). */
  readonly putRevision: (revision: NewRevision) => Effect.Effect<StoredPipeline, StoreError>
  readonly setDesired: (pipeline: string, desired: Desired, by: string) => Effect.Effect<void, StoreError>
  /** Permissions in force, as `describePermission` words them, by node. */
  readonly grants: (pipeline: string) => Effect.Effect<readonly Granted[], StoreError>
  readonly grant: (
    pipeline: string,
    grants: readonly Granted[],
    by: string
  ) => Effect.Effect<void, StoreError>
}

export class PipelineStore extends Context.Service<PipelineStore, PipelineStoreShape>()(
  "millrace/controller/PipelineStore"
) {}

export type Desired = "running" | "paused" | "deleted"

export interface StoredPipeline {
  readonly pipeline: string
  readonly owner: string
  readonly revision: number
  readonly desired: Desired
  readonly planHash: string
  /** The physical plan and what is needed to plan on top of it, JSON. */
  readonly planJson: string
}

/** A stored pipeline without its plan's text, which holds whole bundles: what may be kept for each that runs. */
export type PipelineHead = Omit<StoredPipeline, "planJson">

/** A revision as it was applied, with who did and when. */
export interface StoredRevision extends Pick<
  StoredPipeline,
  "pipeline" | "planHash" | "planJson" | "revision"
> {
  /** As its author wrote it. */
  readonly text: string
  readonly by: string
  /** ms since 1970. */
  readonly at: number
}

export interface NewRevision {
  readonly pipeline: string
  readonly owner: string
  /** The newest revision when it was planned; 0: none. */
  readonly expected: number
  readonly text: string
  readonly canonical: string
  readonly planHash: string
  readonly planJson: string
  readonly by: string
}

export interface Granted {
  readonly node: string
  /** The resolved permission, JSON in a canonical form. */
  readonly permission: string
}

export class StoreError extends Schema.TaggedError<StoreError>()("StoreError", {
  reason: Schema.Literals(["conflict", "unavailable", "full"]),
  message: Schema.String
}) {}
