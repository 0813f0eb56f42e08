import {
  type ApiError,
  type DesiredState,
  type PageQuery,
  type PipelineSummary,
  type RevisionDetail,
  type RevisionSummary
} from "@millrace/sdk/api"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"
import { AuditLog } from "../audit/audit-log.ts"
import { Database } from "../store/database.ts"
import type { StoreError } from "../store/store-error.ts"
import { get, list, listRevisions, planOf, revisionOf, type StoredPlan } from "./pipeline-rows.ts"
import { type NewRevision, save, setDesired } from "./pipeline-writes.ts"

export type { NewRevision } from "./pipeline-writes.ts"
export type { StoredPlan } from "./pipeline-rows.ts"

export interface PipelinesShape {
  readonly list: (
    query: PageQuery & { readonly deleted?: "true" | "false" }
  ) => Effect.Effect<
    { readonly pipelines: readonly PipelineSummary[]; readonly next: string | null },
    StoreError
  >
  /** Deleted ones too. */
  readonly get: (
    name: string
  ) => Effect.Effect<PipelineSummary & { readonly latest: RevisionDetail }, ApiError | StoreError>
  readonly revisions: (
    name: string,
    page: PageQuery
  ) => Effect.Effect<
    { readonly revisions: readonly RevisionSummary[]; readonly next: string | null },
    ApiError | StoreError
  >
  readonly revision: (name: string, revision: number) => Effect.Effect<RevisionDetail, ApiError | StoreError>
  /** The physical plan that was stored with a revision; the latest unless told. */
  readonly plan: (name: string, revision?: number) => Effect.Effect<StoredPlan, ApiError | StoreError>
  /**
   * Adds a revision and makes it the one to run, in one transaction. Fails with PIPELINE_CHANGED when the latest
   * revision is not `expectedRevision` (0: there is none yet), so that a plan is never applied to what it did not see.
   */
  readonly save: (revision: NewRevision) => Effect.Effect<RevisionSummary, ApiError | StoreError>
  readonly setDesired: (
    name: string,
    desired: DesiredState,
    actor: string
  ) => Effect.Effect<PipelineSummary, ApiError | StoreError>
  /**
   * Names of pipelines of which something was changed, from the moment of subscription. A subscriber that lags behind
   * by more than 1000 loses the oldest: look at the list now and then.
   */
  readonly changes: Stream.Stream<string>
}

/** Pipelines with their history: what should run. What does run is the controller's to know. */
export class Pipelines extends Context.Service<Pipelines, PipelinesShape>()("@millrace/registry/Pipelines") {
  static readonly layer = Layer.effect(
    Pipelines,
    Effect.gen(function* () {
      const context = Context.make(Database, yield* Database).pipe(Context.add(AuditLog, yield* AuditLog))
      const inStore = Effect.provideContext(context)
      const changed = yield* PubSub.sliding<string>(1000)
      return Pipelines.of({
        list: (query) => inStore(list(query)),
        get: (name) => inStore(get(name)),
        revisions: (name, page) => inStore(listRevisions(name, page)),
        revision: (name, revision) => inStore(revisionOf(name, revision)),
        plan: (name, revision) => inStore(planOf(name, revision)),
        save: (revision) =>
          Effect.tap(inStore(save(revision)), () => PubSub.publish(changed, revision.pipeline)),
        setDesired: (name, desired, actor) =>
          Effect.tap(inStore(setDesired(name, desired, actor)), () => PubSub.publish(changed, name)),
        changes: Stream.fromPubSub(changed)
      })
    })
  )
}
