import { join } from "node:path"
import { flushCompileCache } from "node:module"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import * as Semaphore from "effect/Semaphore"
import { addressText, type PostgresAddress, registryLayer } from "@millrace/registry/server"
import { SandboxPool, type SandboxPoolShape } from "@millrace/sandbox"
import packageJson from "../../package.json" with { type: "json" }
import { Controller } from "../controller/controller.ts"
import { GivenStreams } from "../controller/given-streams.ts"
import { keepGuestLog } from "../controller/guest-log.ts"
import { LogBuffer } from "../controller/log-buffer.ts"
import { Savepoints } from "../controller/savepoint/savepoints.ts"
import type { PipelineStore } from "../controller/store.ts"
import { runningPipelinesLayer } from "../controller/running-pipelines.ts"
import { startStored } from "../controller/start-stored.ts"
import type { CatalogueTopic } from "../plan/dependencies.ts"
import { Failpoint } from "../telemetry/failpoint.ts"
import type { KafkaSettings } from "./kafka/kafka-settings.ts"
import { embeddedTransport, logBytes } from "../transport/embedded/index.ts"
import { type Durability, Transport } from "../transport/transport.ts"
import { Inboxes } from "../worker/inbox/inboxes.ts"
import { eventsTrait } from "../worker/chain/chain-units.ts"
import { Refusals } from "../worker/handlers/refusals.ts"
import { makeMeters, type WorkerEnvironment, type WorkerMeters } from "../worker/worker-environment.ts"
import { batchRecords } from "./batch-records.ts"
import { announceServer } from "./data-folder.ts"
import { type Lead, leadOver } from "./database/lead.ts"
import { checkRegistryPlace } from "./database/registry-place.ts"
import { listen, ownNames } from "./http/listen.ts"
import { type ControlServices, makeApp } from "./http/app.ts"
import { FirstParty, firstPartyLayer } from "./registry/first-party.ts"
import { makeHostServices } from "./host-services.ts"
import { seedKey } from "./registry/installation-key.ts"
import { localToken } from "./registry/local-token.ts"
import { manifestReaderLayer } from "./registry/manifest-reader.ts"
import type { AlertsOptions } from "../observe/alerts/alerts.ts"
import { collectorLayer } from "../observe/collect/collect.ts"
import { watch } from "../observe/watch.ts"
import { timesOfAlerts } from "./observe/alert-scale.ts"
import { notifySettings } from "./observe/notify-settings.ts"
import { observingLayer } from "./observe/observing.ts"
import { usualTerms } from "../observe/workers/worker-advice.ts"
import { WorkerRoster } from "../observe/workers/worker-roster.ts"
import { WorkerWatch } from "../observe/workers/worker-watch.ts"
import { Auditor } from "../observe/ledger/auditor.ts"
import { isObserving } from "./observe/is-observing.ts"
import { exportTraces, otlpTarget } from "../observe/trace/otlp-export.ts"
import { traceEveryMs } from "./observe/trace-every.ts"
import { packageSourceLayer } from "./registry/package-source.ts"
import { pipelineStoreLayer } from "./registry/pipeline-store.ts"
import { secretKeySource, secretNamesLayer } from "./registry/secret-source.ts"
import { freeStreamsLayer, streamCatalogueLayer } from "./registry/stream-catalogue.ts"
import { startFailed } from "./start-failure.ts"
import type { CommandError } from "./terminal/command-error.ts"
import { sandboxOptions } from "./sandbox-options.ts"

export interface PlatformOptions {
  readonly folder: string
  readonly host: string
  /** Names by which it may be called, beside `localhost` and `host`. */
  readonly names?: readonly string[]
  /** 0: any that is free. */
  readonly port: number
  /** File that says where alerts are told; default: `notify.yaml` of the data folder. */
  readonly notify?: string
  /** File with the key of the secrets; absent: as the environment says, or one of the registry's own. */
  readonly secretKeyFile?: string | undefined
  /** File with the seed; absent: the data folder's own. Only on Kafka, where platforms need no data folder together. */
  readonly seedFile?: string | undefined
  /** Where the registry is; absent: in files of the data folder. */
  readonly database?: PostgresAddress | undefined
  /** The cluster that topics and commits are kept in; absent: a log in the data folder. */
  readonly kafka?: KafkaSettings | undefined
  /** Where the schema registry's API stands; absent: where it usually does. */
  readonly schemaRegistryPath?: string | undefined
  readonly limits?: PlatformLimits
  /** What advice on workers is held to; absent: what is usual. */
  readonly workers?: WorkerTerms
  /** When a commit outlives a power cut; default: once it is acknowledged. */
  readonly durability?: Durability
  /** For a platform that serves an author at work; a platform in use has none of it. */
  readonly workshop?: Workshop
}

/** What a platform may take; absent: what is usual. */
export interface PlatformLimits {
  /** Memory that all batches in hand may take together. */
  readonly batchMemoryMiB?: number
  /** Sandbox processes of one trust domain. */
  readonly sandboxProcesses?: number
}

export interface WorkerTerms {
  readonly min?: number
  readonly max?: number
  /** What lags is to be done within so long. */
  readonly drainSeconds?: number
}

/** What differs where one author works on one plugin: contracts change at every save, and the program feeds the records. */
export interface Workshop {
  /** Streams that the program appends to; looked at whenever a pipeline is planned. */
  readonly streams: ReadonlyMap<string, CatalogueTopic>
  readonly onDeadLetters: NonNullable<WorkerEnvironment["onDeadLetters"]>
}

export interface Platform {
  readonly url: string
  readonly token: string
  readonly pid: number
  /** Answers when the platform was asked to stop, by `millrace down` or a signal. */
  readonly stopped: Effect.Effect<void>
  /** Fails when another platform leads over the shared database, and this one must end. */
  readonly lost: Effect.Effect<never, CommandError>
  readonly services: Context.Context<PlatformServices>
}

/** What this process's own parts may ask of a platform, without the API between. */
export type PlatformServices = ControlServices | PipelineStore

/** What stands between the worker and its sandbox: nothing. A test harms there what goes in and comes back. */
export const PoolBetween = Context.Reference<(pool: SandboxPoolShape) => SandboxPoolShape>(
  "millrace/main/PoolBetween",
  { defaultValue: () => (pool) => pool }
)

/** {@link PlatformLimits.batchMemoryMiB} unless told. */
const usualBatchMemoryMiB = 256

/**
 * Starts registry, worker, controller and API in this process, for as long as the scope is open; where the registry's database is
 * shared, once this platform leads. Fails with a `CommandError`.
 */
export const startPlatform = Effect.fn("startPlatform")(function* (options: PlatformOptions) {
  const path = yield* Path.Path
  const failpoint = yield* Failpoint
  const stopping = yield* Deferred.make<void>()
  const refusals = new Refusals()
  const inboxes = new Inboxes()
  const meters = makeMeters(yield* Clock.currentTimeMillis, traceEveryMs(process.env))
  const address = { url: "" }
  const alerts = {
    folder: options.folder,
    times: yield* timesOfAlerts(process.env),
    notify: yield* notifySettings(options.notify, options.folder),
    url: () => address.url
  }
  yield* checkRegistryPlace(options.folder, options.database)
  const lead =
    options.database === undefined
      ? undefined
      : yield* leadOver({ ...options, database: options.database, logFolder: logFolderOf(options, path) })
  const roster = new WorkerRoster()
  const workers = options.kafka === undefined ? undefined : new WorkerWatch(roster, termsOf(options.workers))
  const parts = { alerts, inboxes, lead, meters, refusals, workers }
  const services = yield* Layer.build(servicesOf(options, path, parts)).pipe(
    Effect.mapError(startFailed(options))
  )
  const inServices = Effect.provideContext(services)
  const token = yield* inServices(localToken(options.folder)).pipe(Effect.mapError(startFailed(options)))
  const api = yield* inServices(
    makeApp({
      stop: Deferred.succeed(stopping, undefined),
      folder: options.folder,
      durability: options.durability ?? "fsync",
      database: options.database === undefined ? undefined : addressText(options.database),
      inboxes,
      traces: meters.traces,
      workers,
      version: packageJson.version,
      work: {
        version: packageJson.version,
        kafka: options.kafka,
        roster,
        seedKey: yield* seedKey(options).pipe(Effect.mapError(startFailed(options)))
      },
      hosts: [...ownNames(options.host), ...(options.names ?? [])],
      schemaRegistryPath: options.schemaRegistryPath
    })
  )
  const url = yield* listen(api.app, options).pipe(Effect.mapError(startFailed(options)))
  address.url = url
  if (lead !== undefined) yield* lead.leadership.announce(reachedAt(url, options))
  yield* announceServer(options.folder, { url, pid: process.pid, version: packageJson.version })
  failpoint("first-start")
  // At work the pipelines of other days stay where they are: the author starts one.
  if (options.workshop === undefined) {
    yield* inServices(startStored)
    yield* Effect.forkScoped(Context.get(services, FirstParty).published)
  }
  // Stored pipelines are there by now: what is counted later of another is new.
  if (isObserving(process.env)) yield* Effect.forkScoped(inServices(watch))
  const target = otlpTarget(process.env)
  if (target !== undefined) yield* Effect.forkScoped(exportTraces(meters.traces, target, packageJson.version))
  yield* Effect.forkScoped(keepCompiled)
  return {
    url,
    token,
    pid: process.pid,
    stopped: Deferred.await(stopping),
    lost: lead?.lost ?? Effect.never,
    services
  } satisfies Platform
})

const termsOf = ({ drainSeconds, max = usualTerms.max, min = usualTerms.min }: WorkerTerms = {}) => ({
  min,
  max,
  drainMs: drainSeconds === undefined ? usualTerms.drainMs : drainSeconds * 1_000
})

/** Where others reach this platform: under its first name, if it was given one. */
const reachedAt = (url: string, { names = [] }: PlatformOptions): string => {
  const address = new URL(url)
  address.hostname = names[0] ?? address.hostname
  return address.origin
}

/** Node writes compiled code when a process ends, which one that is killed does not: its next start would compile all anew. */
const keepCompiled = Effect.delay(
  Effect.sync(() => flushCompileCache()),
  "3 seconds"
)

/** What one process at a time has: the log, or the local copy of what Kafka has. */
const logFolderOf = ({ folder, kafka }: PlatformOptions, path: Path.Path): string =>
  kafka === undefined ? path.join(folder, "log") : path.join(folder, "kafka", "local")

/** Who names no registry of somebody else's does not load what speaks to it. */
const streamsOf = (kafka: KafkaSettings | undefined) => {
  const settings = kafka?.schemaRegistry
  return settings === undefined
    ? streamCatalogueLayer
    : Layer.unwrap(
        Effect.map(
          Effect.promise(() => import("./kafka/schema-registry/outside-streams.ts")),
          ({ outsideStreamsLayer }) => outsideStreamsLayer(settings)
        )
      ).pipe(Layer.provide(streamCatalogueLayer))
}

const servicesOf = (
  { durability = "fsync", folder, kafka, limits = {}, secretKeyFile, seedFile, workshop }: PlatformOptions,
  path: Path.Path,
  {
    alerts,
    inboxes,
    lead,
    meters,
    refusals,
    workers
  }: {
    readonly alerts: AlertsOptions
    readonly inboxes: Inboxes
    readonly lead: Lead | undefined
    readonly meters: WorkerMeters
    readonly refusals: Refusals
    readonly workers: WorkerWatch | undefined
  }
) => {
  const transport =
    kafka === undefined
      ? embeddedTransport({ folder: path.join(folder, "log"), durability })
      : Layer.unwrap(
          // Who has no Kafka does not load what speaks to it.
          Effect.gen(function* () {
            const { kafkaLayer } = yield* Effect.promise(() => import("./kafka/kafka-layer.ts"))
            return kafkaLayer(path.join(folder, "kafka"), kafka, yield* seedKey({ folder, seedFile }))
          })
        )
  const { batchMemoryMiB = usualBatchMemoryMiB, sandboxProcesses } = limits
  const budgetKiB = batchMemoryMiB * 1024
  const sandbox = SandboxPool.layer({
    ...sandboxOptions,
    ...(sandboxProcesses === undefined ? {} : { processesPerDomain: sandboxProcesses })
  })
  const keys =
    secretKeyFile === undefined ? secretKeySource(process.env) : { secretKey: { file: secretKeyFile } }
  const registry = registryLayer(path.join(folder, "registry"), {
    ...keys,
    database: lead?.leadership.database
  }).pipe(Layer.provide(manifestReaderLayer))
  const worker = Layer.unwrap(
    Effect.gen(function* () {
      const logs = yield* LogBuffer
      const records = batchRecords(process.env)
      const key = yield* seedKey({ folder, seedFile })
      const group =
        kafka === undefined
          ? undefined
          : yield* Effect.flatMap(
              Effect.promise(() => import("./kafka/join-workers.ts")),
              ({ joinWorkers }) =>
                joinWorkers({ folder, settings: kafka, traits: [eventsTrait], seedKey: key })
            )
      const environment: WorkerEnvironment = {
        transport: yield* Transport,
        pool: (yield* PoolBetween)(yield* SandboxPool),
        seedKey: key,
        meters,
        byteBudget: yield* Semaphore.make(budgetKiB),
        budgetKiB,
        ...(records === undefined ? {} : { batchRecords: records }),
        onLog: (pipeline, log) => keepGuestLog(logs, pipeline, log),
        services: yield* makeHostServices(refusals, key),
        inboxes,
        ...(group === undefined ? {} : { placement: group.placement }),
        ...(workshop === undefined ? {} : { onDeadLetters: workshop.onDeadLetters })
      }
      return runningPipelinesLayer(environment)
    })
  )
  const collector = collectorLayer({
    folder,
    inboxes,
    logBytes: () => logBytes(join(folder, "log")),
    meters,
    refusals,
    workers,
    version: packageJson.version
  }).pipe(Layer.provideMerge(Auditor.layer(isObserving(process.env) ? alerts.times.scale : Infinity)))
  return Layer.mergeAll(Controller.layer, observingLayer(alerts).pipe(Layer.provideMerge(collector))).pipe(
    Layer.provideMerge(worker),
    Layer.provideMerge(
      Layer.mergeAll(
        pipelineStoreLayer,
        packageSourceLayer,
        secretNamesLayer,
        workshop === undefined ? streamsOf(kafka) : freeStreamsLayer,
        LogBuffer.layer,
        Savepoints.layer(path.join(folder, "savepoints")),
        Layer.succeed(GivenStreams, workshop?.streams ?? new Map())
      )
    ),
    Layer.provideMerge(firstPartyLayer),
    Layer.provideMerge(transport),
    Layer.provideMerge(registry),
    Layer.provideMerge(sandbox)
  )
}
