import { metrics } from "../../../telemetry/metric/catalogue.ts"
import type { MetricDefinition } from "../../../telemetry/metric/definition.ts"
import type { Query } from "../../../telemetry/query/query.ts"
import type { DashboardModel, PanelModel, PanelUnit } from "./panel.ts"
import { latestOf, rateOf } from "./queries.ts"

const perPipeline = { by: ["pipeline"] }

const panel = (
  id: string,
  title: string,
  {
    help,
    kind = "lines",
    legend,
    query,
    unit
  }: {
    readonly help: string
    readonly kind?: PanelModel["kind"]
    readonly legend: string
    readonly query: Query
    readonly unit: PanelUnit
  }
): PanelModel => ({ id, title, help, kind, unit, lines: [{ legend, query }] })

const pipelineRate = (id: string, title: string, metric: MetricDefinition): PanelModel =>
  panel(id, title, {
    help: `${metric.help}, a second, of all nodes of a pipeline.`,
    legend: "{pipeline}",
    query: rateOf(metric, perPipeline),
    unit: "records/s"
  })

/** The platform as a whole: what all pipelines do, and what it takes. */
export const platformDashboard: DashboardModel = {
  title: "Millrace",
  rows: [
    {
      title: "Pipelines",
      panels: [
        panel("pipelines-up", "Pipelines up", {
          help: "Pipelines that run or have completed.",
          kind: "number",
          legend: "up",
          query: latestOf(metrics.pipelineUp, {}),
          unit: "count"
        }),
        pipelineRate("records-out", "Records out", metrics.recordsOut),
        pipelineRate("dead", "Dead letters", metrics.dead),
        panel("lag", "Lag", {
          help: `${metrics.lagSeconds.help}; of the task that is furthest behind.`,
          legend: "{pipeline}",
          query: latestOf(metrics.lagSeconds, perPipeline, "max"),
          unit: "seconds"
        })
      ]
    },
    {
      title: "The platform",
      panels: [
        panel("platform-cpu", "CPU of the platform", {
          help: metrics.platformCpu.help,
          legend: "cores",
          query: rateOf(metrics.platformCpu, {}),
          unit: "cores"
        }),
        panel("platform-memory", "Memory of the platform", {
          help: metrics.platformResident.help,
          legend: "resident",
          query: latestOf(metrics.platformResident, {}),
          unit: "bytes"
        }),
        panel("loop-delay", "Event loop delay", {
          help: metrics.loopDelay.help,
          legend: "p99",
          query: latestOf(metrics.loopDelay, {}, "max"),
          unit: "seconds"
        }),
        {
          id: "disk",
          title: "Disk",
          help: "Space left on the file system of the data folder, and the log's part of it.",
          kind: "lines",
          unit: "bytes",
          lines: [
            { legend: "free", query: latestOf(metrics.diskFree, {}) },
            { legend: "log", query: latestOf(metrics.logBytes, {}) }
          ]
        }
      ]
    },
    {
      title: "Sandboxes",
      panels: [
        panel("sandbox-memory", "Memory of sandboxes", {
          help: "Resident memory of all sandbox processes of a trust domain.",
          kind: "stacked",
          legend: "{domain}",
          query: latestOf(metrics.residentBytes, { by: ["domain"] }),
          unit: "bytes"
        }),
        panel("sandbox-cpu", "CPU of sandboxes", {
          help: "Cores that all sandbox processes of a trust domain take.",
          kind: "stacked",
          legend: "{domain}",
          query: rateOf(metrics.sandboxCpu, { by: ["domain"] }),
          unit: "cores"
        }),
        panel("restarts", "Sandbox restarts", {
          help: metrics.restarts.help,
          legend: "{domain}",
          query: latestOf(metrics.restarts, { by: ["domain"] }),
          unit: "count"
        })
      ]
    }
  ]
}
