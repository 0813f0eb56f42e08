import { SandboxPool } from "@millrace/sandbox"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Run, RunningPipelines } from "../../controller/running-pipelines.ts"
import { metrics } from "../../telemetry/metric/catalogue.ts"
import type { SampleSink } from "../../telemetry/metric/definition.ts"
import { totalsOf } from "../../transport/counts.ts"
import { Transport } from "../../transport/transport.ts"
import { watchedLog } from "../../transport/watched-log.ts"
import type { CallMeter } from "../../worker/handlers/call-meters.ts"
import type { Refusals } from "../../worker/handlers/refusals.ts"
import type { Inboxes } from "../../worker/inbox/inboxes.ts"
import type { WorkerMeters } from "../../worker/worker-environment.ts"
import { Collector } from "../collector.ts"
import { Auditor } from "../ledger/auditor.ts"
import { Families, secondsOf } from "./families.ts"
import { addNodeFamilies, nodeLabels } from "./node-families.ts"
import { PlatformFacts, type PlatformParts } from "./platform-families.ts"
import { addPluginFamilies } from "./plugin-families.ts"
import { RunningTotals } from "./running-totals.ts"
import { addTaskFamilies } from "./task-families.ts"
import { WrittenTimes } from "./task-lag.ts"
import { type WorkerWatch, WorkTally } from "../workers/worker-watch.ts"

/** What is counted outside of pipelines' tasks. */
export interface CollectorParts extends PlatformParts {
  readonly meters: WorkerMeters
  readonly refusals: Refusals
  readonly inboxes: Inboxes
  /** Undefined where no others can take part. */
  readonly workers: WorkerWatch | undefined
}

/** Measures what runs on this platform. What of it cannot be read now is left out, and the rest told. */
export const collectorLayer = (parts: CollectorParts) =>
  Layer.effect(
    Collector,
    Effect.gen(function* () {
      // Who measures waits for no log that does not answer.
      const transport = watchedLog(yield* Transport)
      const pool = yield* SandboxPool
      const running = yield* RunningPipelines
      const auditor = yield* Auditor
      const totals = new RunningTotals(transport)
      const written = new WrittenTimes()
      const platform = yield* Effect.acquireRelease(
        Effect.sync(() => new PlatformFacts(parts)),
        (facts) => Effect.sync(() => facts.close())
      )
      const pipelineFamilies = Effect.fnUntraced(function* (
        families: SampleSink,
        run: Run,
        calls: readonly CallMeter[],
        work: WorkTally
      ) {
        const now = yield* Clock.currentTimeMillis
        const checkpoints = yield* totals.checkpoints(run)
        const sums = totalsOf(checkpoints.values())
        const tasks = run.running?.tasks() ?? []
        const { owner, pipeline } = run.stored
        const state = run.running === undefined ? "failed" : run.running.state()
        families.add(
          metrics.pipelineUp,
          { pipeline, owner },
          state === "running" || state === "completed" ? 1 : 0
        )
        families.add(
          metrics.pipelinePaused,
          { pipeline, owner },
          state === "paused" || state === "degraded" ? 1 : 0
        )
        for (const node of run.plan.nodes)
          addNodeFamilies(families, run, node, {
            totals: sums.get(node.name),
            meters: tasks.flatMap(({ nodes }) => nodes.get(node.name) ?? []),
            calls,
            state: yield* transport.stateSize(pipeline, node.name)
          })
        const labels = new Map(run.plan.nodes.map((node) => [node.name, nodeLabels(pipeline, node)]))
        addPluginFamilies(
          families,
          tasks.flatMap(({ plugin }) => [...plugin.values()]),
          (node) => labels.get(node) ?? { pipeline, node }
        )
        yield* addTaskFamilies(families, run, {
          transport,
          times: parts.meters.commitTimes,
          written,
          work,
          now
        })
        addLedger(families, pipeline, [
          ...[...checkpoints.values()].map(({ ledger }) => ledger),
          auditor.logImbalances(pipeline)
        ])
      })
      const topicFamilies = Effect.fnUntraced(function* (families: SampleSink) {
        for (const { name, partitions } of yield* transport.topics) {
          let records = 0n
          for (let partition = 0; partition < partitions; partition++)
            records += yield* transport.end(name, partition)
          families.add(metrics.topicRecords, { topic: name }, Number(records))
        }
      })
      const sandboxFamilies = Effect.fnUntraced(function* (families: SampleSink) {
        for (const { cpuMicros, domain, maxResidentBytes, pid, residentBytes } of yield* pool.processes) {
          const labels = { domain, pid: String(pid) }
          families.add(metrics.residentBytes, labels, residentBytes)
          families.add(metrics.memoryLimit, labels, maxResidentBytes)
          families.add(metrics.sandboxCpu, labels, secondsOf(cpuMicros))
        }
        for (const [domain, restarts] of yield* pool.restarts)
          families.add(metrics.restarts, { domain }, restarts)
      })
      const measure = Effect.fnUntraced(function* (found: SampleSink) {
        const runs = yield* running.all
        totals.keep(new Set(runs.map(({ stored }) => stored.pipeline)))
        const calls = Map.groupBy(parts.meters.calls.all(), ({ pipeline }) => pipeline)
        const work = new WorkTally()
        for (const run of runs)
          yield* pipelineFamilies(found, run, calls.get(run.stored.pipeline) ?? [], work).pipe(
            Effect.catch(() => Effect.sync(() => work.miss()))
          )
        yield* Effect.ignore(topicFamilies(found))
        yield* sandboxFamilies(found)
        addCounts(found, parts)
        const outage = yield* transport.remote?.outage ?? Effect.undefined
        if (transport.remote !== undefined)
          found.add(metrics.transportSilent, {}, (outage?.silentMs ?? 0) / 1_000)
        const now = yield* Clock.currentTimeMillis
        parts.workers?.take(work, now)
        parts.workers?.addFamilies(found, now)
        platform.add(found)
      })
      const families = Effect.suspend(() => {
        const found = new Families()
        return Effect.map(measure(found), () => found.all())
      })
      return Collector.of({ measure, families })
    })
  )

const addLedger = (
  families: SampleSink,
  pipeline: string,
  ledgers: readonly { readonly [place: string]: number }[]
): void => {
  const places = new Map<string, number>()
  for (const ledger of ledgers)
    for (const [place, records] of Object.entries(ledger))
      places.set(place, (places.get(place) ?? 0) + Math.abs(records))
  if (places.size === 0) families.add(metrics.ledgerImbalance, { pipeline, place: "" }, 0)
  for (const [place, records] of places) families.add(metrics.ledgerImbalance, { pipeline, place }, records)
}

const addCounts = (families: SampleSink, { inboxes, refusals }: CollectorParts): void => {
  for (const [{ code, node, pipeline }, count] of refusals.all())
    families.add(metrics.refused, { pipeline, node, code }, count)
  for (const { counts, settings } of inboxes.all())
    for (const [status, count] of Object.entries(counts()))
      families.add(metrics.ingested, { pipeline: settings.pipeline, node: settings.node, status }, count)
}
