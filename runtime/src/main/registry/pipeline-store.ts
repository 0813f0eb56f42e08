import type { ApiError } from "@millrace/sdk/api"
import { Grants, Pipelines, type StoreError as RegistryStoreError } from "@millrace/registry/server"
import { Permission } from "@millrace/sdk/permission"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { PipelineStore, StoreError, type StoredPipeline } from "../../controller/store.ts"

const PermissionJson = Schema.fromJsonString(Permission)
const pageSize = 1000

/** The controller's store of pipelines, kept by the registry. */
export const pipelineStoreLayer = Layer.effect(
  PipelineStore,
  Effect.gen(function* () {
    const pipelines = yield* Pipelines
    const grants = yield* Grants

    const stored = Effect.fnUntraced(function* (name: string) {
      const summary = yield* pipelines.get(name)
      const { planJson } = yield* pipelines.plan(name)
      return {
        pipeline: name,
        owner: summary.owner ?? "",
        revision: summary.revision,
        desired: summary.desired,
        planHash: summary.planHash,
        planJson
      } satisfies StoredPipeline
    })

    const newest = Effect.gen(function* () {
      const found: Pick<StoredPipeline, "pipeline" | "revision">[] = []
      for (let after: string | null = ""; after !== null;) {
        const page: {
          readonly pipelines: readonly { readonly name: string; readonly revision: number }[]
          readonly next: string | null
        } = yield* pipelines.list(after === "" ? { limit: pageSize } : { limit: pageSize, after })
        found.push(...page.pipelines.map(({ name, revision }) => ({ pipeline: name, revision })))
        after = page.next
      }
      return found
    })

    return PipelineStore.of({
      newest: Effect.mapError(newest, failed),
      list: newest.pipe(
        Effect.flatMap(Effect.forEach(({ pipeline }) => stored(pipeline))),
        Effect.mapError(failed)
      ),
      get: (name) =>
        stored(name).pipe(
          Effect.map((found) => (found.desired === "deleted" ? undefined : found)),
          Effect.catch((error) =>
            "code" in error && error.code === "PIPELINE_UNKNOWN"
              ? Effect.undefined
              : Effect.fail(failed(error))
          )
        ),
      revision: (name, number) =>
        Effect.all([pipelines.revision(name, number), pipelines.plan(name, number)]).pipe(
          Effect.map(([{ appliedAt, appliedBy, text }, plan]) => ({
            ...plan,
            text,
            by: appliedBy,
            at: appliedAt
          })),
          Effect.catch((error) =>
            "code" in error && (error.code === "REVISION_UNKNOWN" || error.code === "PIPELINE_UNKNOWN")
              ? Effect.undefined
              : Effect.fail(failed(error))
          )
        ),
      putRevision: ({ expected, by, ...revision }) =>
        pipelines
          .save({ ...revision, expectedRevision: expected, actor: by, desired: "running" })
          .pipe(Effect.andThen(stored(revision.pipeline)), Effect.mapError(failed)),
      setDesired: (name, desired, by) =>
        Effect.asVoid(Effect.mapError(pipelines.setDesired(name, desired, by), failed)),
      grants: (name) =>
        grants.list(name).pipe(
          Effect.flatMap(
            Effect.forEach(({ node, permission }) =>
              Effect.map(Effect.orDie(Schema.encodeEffect(PermissionJson)(permission)), (text) => ({
                node,
                permission: text
              }))
            )
          ),
          Effect.mapError(failed)
        ),
      grant: (name, given, by) =>
        Effect.forEach(given, ({ node, permission }) =>
          Effect.map(Effect.orDie(Schema.decodeEffect(PermissionJson)(permission)), (decoded) => ({
            pipeline: name,
            node,
            permission: decoded,
            actor: by
          }))
        ).pipe(Effect.flatMap(grants.grantAll), Effect.asVoid, Effect.mapError(failed))
    })
  })
)

const failed = (error: ApiError | RegistryStoreError): StoreError =>
  "code" in error
    ? new StoreError({
        reason: error.code === "PIPELINE_CHANGED" ? "conflict" : "unavailable",
        message: error.message
      })
    : new StoreError({
        reason: error.reason === "full" ? "full" : "unavailable",
        message: `${error.operation}: ${error.remedy}`
      })
