import { apiError, type workEndpoints } from "@millrace/sdk/api"
import { type Handlers, Secrets, Subjects } from "@millrace/registry/server"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type Run, RunningPipelines } from "../../controller/running-pipelines.ts"
import { PipelineStore } from "../../controller/store.ts"
import { storeFailed } from "../../controller/store-failed.ts"
import { readCanary } from "../../controller/upgrade/rollout.ts"
import type { WorkerRoster } from "../../observe/workers/worker-roster.ts"
import type { TransportError } from "../../transport/transport.ts"
import { isGrantedSecret } from "./granted-secret.ts"
import { prefixOf } from "../kafka/kafka-settings.ts"
import type { KafkaSettings } from "../kafka/kafka-settings.ts"
import { idsFor, originOf } from "../kafka/schema-registry/ids-for.ts"

export interface WorkOptions {
  readonly version: string
  readonly seedKey: Uint8Array
  /** Undefined: the log is embedded, and the platform works alone. */
  readonly kafka: KafkaSettings | undefined
  /** Who works. */
  readonly roster: WorkerRoster
}

/** The platform's side of workers: what runs, by which plans, and what each tells of its tasks. */
export const workHandlers = ({
  kafka,
  roster,
  seedKey,
  version
}: WorkOptions): Handlers<typeof workEndpoints, PipelineStore | RunningPipelines | Secrets | Subjects> => {
  const settings = kafka === undefined ? Effect.fail(apiError("WORK_NOT_SHARED", {})) : Effect.succeed(kafka)
  const ids = Effect.flatMap(settings, (shared) =>
    Effect.map(Subjects, (subjects) => idsFor(shared, subjects))
  )
  return {
    workSetup: () =>
      Effect.map(settings, (shared) => ({
        version,
        brokers: shared.brokers,
        prefix: prefixOf(shared),
        schemaIds: originOf(shared),
        seedKey: Buffer.from(seedKey).toString("hex"),
        ...(shared.replicas === undefined ? {} : { replicas: shared.replicas })
      })),
    workRuns: () =>
      Effect.gen(function* () {
        yield* settings
        const all = yield* Effect.flatMap(RunningPipelines, (running) => running.all)
        // What this process has not opened yet may have state to settle first.
        const open = all.filter(({ running }) => running?.isOpen() === true)
        return {
          runs: open.map(({ run, running, stored }) => ({
            pipeline: stored.pipeline,
            run,
            isPaused: running !== undefined && ["paused", "degraded"].includes(running.state())
          }))
        }
      }),
    workPlan: Effect.fnUntraced(function* ({ params }) {
      yield* settings
      const all = yield* Effect.flatMap(RunningPipelines, (running) => running.all)
      const found = all.find(({ run, stored }) => stored.pipeline === params.pipeline && run === params.run)
      if (found === undefined) return yield* apiError("PIPELINE_UNKNOWN", { pipeline: params.pipeline })
      const { planJson } = yield* revisionOf(found, found.stored.revision)
      const canary = yield* readCanary(planJson)
      if (canary === undefined) return { planJson }
      const beside = yield* revisionOf(found, canary.beside)
      return {
        planJson,
        canary: { planJson: beside.planJson, revision: canary.beside, partitions: canary.partitions }
      }
    }),
    reportWork: Effect.fnUntraced(function* ({ body }) {
      yield* settings
      roster.heard(body.worker, yield* Clock.currentTimeMillis)
      const all = yield* Effect.flatMap(RunningPipelines, (running) => running.all)
      for (const task of body.tasks) {
        const found = all.find(({ run, stored }) => stored.pipeline === task.pipeline && run === task.run)
        found?.running?.report(body.worker, task)
      }
      for (const { pipeline, run } of body.degraded) {
        const found = all.find((each) => each.run === run && each.stored.pipeline === pipeline)
        if (found?.running !== undefined) yield* found.running.degrade
      }
    }),
    workSecret: Effect.fnUntraced(function* ({ params }) {
      yield* settings
      if (!(yield* isGrantedSecret(params.name))) return yield* apiError("SECRET_NOT_GRANTED", params)
      const secrets = yield* Secrets
      const value = yield* Effect.mapError(secrets.value(params.name), () =>
        apiError("STORE_FAILED", { reason: `the secret ${params.name} cannot be read` })
      )
      return value === undefined ? yield* apiError("SECRET_UNKNOWN", params) : { value }
    }),
    workSchemaId: ({ body }) =>
      Effect.flatMap(ids, (registered) =>
        Effect.map(
          Effect.mapError(
            registered.idOf(
              { kafkaTopic: body.topic, internal: body.internal, isControl: body.isControl === true },
              body.schema
            ),
            schemaFailed
          ),
          (id) => ({ id })
        )
      ),
    workSchema: ({ params, query }) =>
      Effect.flatMap(ids, (registered) => {
        const topic = { kafkaTopic: query.topic ?? "", internal: query.internal !== "false" }
        return Effect.map(Effect.mapError(registered.textOf(topic, params.id), schemaFailed), (schema) => ({
          schema: schema ?? null
        }))
      })
  }
}

const schemaFailed = ({ message }: TransportError) => apiError("STORE_FAILED", { reason: message })

const revisionOf = Effect.fnUntraced(function* ({ stored }: Run, revision: number) {
  const store = yield* PipelineStore
  const found = yield* store.revision(stored.pipeline, revision).pipe(Effect.mapError(storeFailed))
  return found ?? (yield* apiError("PIPELINE_UNKNOWN", { pipeline: stored.pipeline }))
})
