import {
  alertEndpoints,
  controlEndpoints,
  dashboardEndpoints,
  type PlatformStatus,
  registryEndpoints,
  workEndpoints
} from "@millrace/sdk/api"
import {
  authenticate,
  makeApi,
  mountConfluent,
  mountEndpoints,
  type RegistryServices,
  SubjectUses
} from "@millrace/registry/server"
import type { SandboxPool } from "@millrace/sandbox"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Controller } from "../../controller/controller.ts"
import type { LogBuffer } from "../../controller/log-buffer.ts"
import { makeRecordViewer } from "../../controller/record-view.ts"
import type { SecretNames } from "../../controller/missing-secrets.ts"
import type { RunningPipelines } from "../../controller/running-pipelines.ts"
import type { Savepoints } from "../../controller/savepoint/savepoints.ts"
import { subjectUses } from "../../controller/stream-readers.ts"
import type { Streams } from "../../controller/streams.ts"
import { Alerts } from "../../observe/alerts/alerts.ts"
import { Collector } from "../../observe/collector.ts"
import type { Samples } from "../../observe/samples.ts"
import type { Auditor } from "../../observe/ledger/auditor.ts"
import { exposition, expositionType } from "../../telemetry/metric/exposition.ts"
import type { WorkerWatch } from "../../observe/workers/worker-watch.ts"
import type { TraceLog } from "../../worker/trace/trace-log.ts"
import type { Inboxes } from "../../worker/inbox/inboxes.ts"
import type { Transport } from "../../transport/transport.ts"
import type { PlatformServices } from "../platform.ts"
import { allowsIngestFrom, mountIngest } from "./ingest/mount-ingest.ts"
import { consoleHome } from "./console/console-home.ts"
import { mountConsole } from "./console/mount-console.ts"
import { controlHandlers } from "./control-handlers.ts"
import { mountLive } from "./live.ts"
import { workHandlers, type WorkOptions } from "../work/serve-work.ts"
import { reading } from "./reading.ts"
import { observeHandlers } from "./observe-handlers.ts"
import { registryControl } from "./registry-control.ts"

/** Everything that a request may ask for. */
export type ControlServices =
  | RegistryServices
  | Alerts
  | Auditor
  | Collector
  | Controller
  | LogBuffer
  | RunningPipelines
  | Samples
  | SandboxPool
  | Savepoints
  | SecretNames
  | Streams
  | Transport

export interface AppOptions {
  readonly version: string
  readonly folder: string
  /** When a commit outlives a power cut. */
  readonly durability: PlatformStatus["durability"]
  /** The PostgreSQL database that the registry is in, without its password; undefined: it is in the data folder. */
  readonly database: string | undefined
  /** Host names that requests may come under, beside those of the loopback. */
  readonly hosts: readonly string[]
  /** Where the schema registry's API stands; undefined: where it usually does. `/`: at the root. */
  readonly schemaRegistryPath: string | undefined
  /** What other workers are given; of an embedded log nothing. */
  readonly work: WorkOptions
  /** Which workers there are, and how many are advised; undefined where no others can take part. */
  readonly workers: WorkerWatch | undefined
  /** Sampled records that were followed. */
  readonly traces: TraceLog
  /** Where events are posted. */
  readonly inboxes: Inboxes
  /** Asks the platform to stop. */
  readonly stop: Effect.Effect<unknown>
}

/** The HTTP side of the platform: the registry's and the controller's API, the console, and `/metrics`. */
export const makeApp = Effect.fn("makeApp")(function* (options: AppOptions) {
  const services = yield* Effect.context<PlatformServices>()
  const startedAt = yield* Clock.currentTimeMillis
  const { workers } = options
  const facts = Effect.map(Clock.currentTimeMillis, (now) => ({
    version: options.version,
    startedAt,
    dataFolder: options.folder,
    durability: options.durability,
    ...(workers === undefined ? {} : { workers: workers.status(now) })
  }))
  const runtime = { runPromiseExit: Effect.runPromiseExitWith(services) }
  const run = Effect.runPromiseWith(services)
  const api = makeApi({
    version: options.version,
    hosts: options.hosts,
    allowsOrigin: allowsIngestFrom(options.inboxes),
    report: (message, cause) => Effect.runForkWith(services)(Effect.logError(message, cause))
  })
  const mount = { runtime, auth: authenticate }
  mountEndpoints(api, registryEndpoints, registryControl(options.version), mount)
  mountEndpoints(
    api,
    controlEndpoints,
    controlHandlers({
      facts,
      version: options.version,
      folder: options.folder,
      database: options.database,
      viewer: makeRecordViewer(),
      stop: options.stop,
      traces: options.traces
    }),
    mount
  )
  mountEndpoints(api, [...dashboardEndpoints, ...alertEndpoints], observeHandlers, mount)
  mountEndpoints(api, workEndpoints, workHandlers(options.work), mount)
  mountIngest(api, options.inboxes, run)
  mountConsole(api.app, consoleHome())
  mountLive(api.app, { facts, run, alerts: alertCounts })
  const families = Effect.flatMap(Collector, (collector) => collector.families)
  api.app.get("/metrics", (context) =>
    reading(
      context,
      async () => context.body(exposition(await run(families)), 200, { "content-type": expositionType }),
      run
    )
  )
  const prefix = options.schemaRegistryPath?.replace(/\/$/, "")
  const uses = (subject: string) => Effect.provideContext(subjectUses(subject), services)
  const guarding = { runPromiseExit: Effect.runPromiseExitWith(Context.add(services, SubjectUses, uses)) }
  // Last: at the root, it leaves every other address to whom it belongs.
  mountConfluent(api, {
    runtime: guarding,
    version: options.version,
    ...(prefix === undefined ? {} : { prefix })
  })
  return api
})

/** How many alerts each pipeline has now; what is silenced counts too. */
const alertCounts = Effect.gen(function* () {
  const alerts = yield* Alerts.use((each) => each.list(undefined))
  return (pipeline: string) => {
    const own = alerts.filter(({ labels }) => labels["pipeline"] === pipeline)
    return {
      firing: own.filter(({ state }) => state === "firing").length,
      pending: own.filter(({ state }) => state === "pending").length
    }
  }
})
