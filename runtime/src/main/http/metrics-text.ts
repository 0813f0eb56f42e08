import type { PipelineStatus, PlatformStatus } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import type { Inboxes } from "../../worker/inbox/inboxes.ts"
import type { Refusals } from "../../worker/handlers/refusals.ts"
import { platformStatus } from "../../controller/status.ts"

type Labels = { readonly [name: string]: string }
type Sample = readonly [labels: Labels, value: number]

/** What runs as Prometheus text (exposition format 0.0.4). Counters are the durable totals of the log. */
export const metricsText = Effect.fn("metricsText")(function* (
  facts: Omit<PlatformStatus, "pipelines" | "sandboxes">,
  { inboxes, refusals }: { readonly inboxes: Inboxes; readonly refusals: Refusals }
) {
  const { pipelines, sandboxes } = yield* platformStatus(facts)
  const perNode = (value: (totals: PipelineStatus["nodes"][number]["totals"]) => number): readonly Sample[] =>
    pipelines.flatMap(({ nodes, pipeline }) =>
      nodes.map((node): Sample => [{ pipeline, node: node.node }, value(node.totals)])
    )
  return [
    metric(
      "millrace_records_in_total",
      "counter",
      "Records that a node took",
      perNode((totals) => totals.in)
    ),
    metric(
      "millrace_records_out_total",
      "counter",
      "Records that a node gave",
      perNode((totals) => totals.out)
    ),
    metric(
      "millrace_records_filtered_total",
      "counter",
      "Records that a node dropped on purpose",
      perNode((totals) => totals.filtered)
    ),
    metric(
      "millrace_records_dead_total",
      "counter",
      "Records that became dead letters at a node",
      perNode((totals) => totals.dead)
    ),
    metric(
      "millrace_records_late_total",
      "counter",
      "Records that came after their watermark",
      perNode((totals) => totals.late)
    ),
    metric(
      "millrace_task_lag_records",
      "gauge",
      "Records between the newest offset and the committed one",
      pipelines.flatMap(({ pipeline, tasks }) =>
        tasks.map(({ chain, lagRecords, partition }): Sample => [
          { pipeline, chain, partition: String(partition) },
          lagRecords
        ])
      )
    ),
    metric(
      "millrace_pipeline_up",
      "gauge",
      "1 while a pipeline runs or has completed",
      pipelines.map(({ pipeline, state }): Sample => [
        { pipeline },
        state === "running" || state === "completed" ? 1 : 0
      ])
    ),
    metric(
      "millrace_sandbox_resident_bytes",
      "gauge",
      "Resident memory of a sandbox process",
      sandboxes.map(({ domain, pid, residentBytes }): Sample => [{ domain, pid: String(pid) }, residentBytes])
    ),
    metric(
      "millrace_sandbox_cpu_seconds_total",
      "counter",
      "CPU time of a sandbox process",
      sandboxes.map(({ cpuMicros, domain, pid }): Sample => [{ domain, pid: String(pid) }, cpuMicros / 1e6])
    ),
    metric(
      "millrace_sandbox_restarts_total",
      "counter",
      "Restarts of a trust domain's sandbox process",
      sandboxes.map(({ domain, pid, restarts }): Sample => [{ domain, pid: String(pid) }, restarts])
    ),
    metric(
      "millrace_requests_refused_total",
      "counter",
      "Requests of plugins that were refused since the platform started, by code",
      refusals.all().map(([{ code, node, pipeline }, count]): Sample => [{ pipeline, node, code }, count])
    ),
    metric(
      "millrace_ingest_events_total",
      "counter",
      "Events that were posted since their pipeline started, by what their senders were told",
      inboxes
        .all()
        .flatMap(({ counts, settings: { node, pipeline } }) =>
          Object.entries(counts()).map(([status, count]): Sample => [{ pipeline, node, status }, count])
        )
    )
  ].join("")
})

const metric = (name: string, type: "counter" | "gauge", help: string, samples: readonly Sample[]): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.map(([labels, value]) => `${name}{${labelText(labels)}} ${value}\n`).join("")}`

const labelText = (labels: Labels): string =>
  Object.entries(labels)
    .map(
      ([name, value]) =>
        `${name}="${value.replace(/[\\"\n]/g, (character) => (character === "\n" ? "\\n" : `\\${character}`))}"`
    )
    .join(",")
