import { metrics } from "../../../telemetry/metric/catalogue.ts"
import type { MetricDefinition } from "../../../telemetry/metric/definition.ts"
import type { DashboardModel, PanelModel } from "./panel.ts"
import { latestOf, quantileOf, rateOf } from "./queries.ts"

/** One pipeline, its nodes and chains side by side. `pipeline`: its name, or the variable of a Grafana dashboard. */
export const pipelineDashboard = (title: string, pipeline: string): DashboardModel => {
  const match = { pipeline }
  const perNode = (id: string, panelTitle: string, metric: MetricDefinition): PanelModel => ({
    id,
    title: panelTitle,
    help: `${metric.help}, a second.`,
    kind: "lines",
    unit: "records/s",
    lines: [{ legend: "{node}", query: rateOf(metric, { match, by: ["node"] }) }]
  })
  const perChain = { match, by: ["chain"] }
  const p99 = (id: string, panelTitle: string, metric: MetricDefinition): PanelModel => ({
    id,
    title: panelTitle,
    help: `${metric.help}; 99 of 100 are faster.`,
    kind: "lines",
    unit: "seconds",
    lines: [{ legend: "{chain}", query: quantileOf(metric, 0.99, perChain) }]
  })
  return {
    title,
    rows: [
      {
        title: "Records",
        panels: [
          perNode("records-in", "Records in", metrics.recordsIn),
          perNode("records-out", "Records out", metrics.recordsOut),
          perNode("dead", "Dead letters", metrics.dead),
          perNode("late", "Late records", metrics.late)
        ]
      },
      {
        title: "Time",
        panels: [
          p99("batch-latency", "Batch latency, p99", metrics.batchSeconds),
          p99("end-to-end", "End to end, p99", metrics.endToEnd),
          {
            id: "lag-records",
            title: "Lag in records",
            help: metrics.lagRecords.help,
            kind: "lines",
            unit: "records",
            lines: [{ legend: "{chain}", query: latestOf(metrics.lagRecords, perChain) }]
          },
          {
            id: "lag-seconds",
            title: "Lag in time",
            help: metrics.lagSeconds.help,
            kind: "lines",
            unit: "seconds",
            lines: [{ legend: "{chain}", query: latestOf(metrics.lagSeconds, perChain, "max") }]
          },
          {
            id: "watermark",
            title: "Watermark delay",
            help: metrics.watermarkDelay.help,
            kind: "lines",
            unit: "seconds",
            lines: [{ legend: "{chain}", query: latestOf(metrics.watermarkDelay, perChain, "max") }]
          }
        ]
      },
      {
        title: "Resources",
        panels: [
          {
            id: "cpu",
            title: "CPU",
            help: "Cores that each node's code took in its sandbox processes.",
            kind: "stacked",
            unit: "cores",
            lines: [{ legend: "{node}", query: rateOf(metrics.cpu, { match, by: ["node"] }) }]
          },
          {
            id: "state",
            title: "State",
            help: metrics.stateBytes.help,
            kind: "stacked",
            unit: "bytes",
            lines: [{ legend: "{node}", query: latestOf(metrics.stateBytes, { match, by: ["node"] }) }]
          },
          {
            id: "retries",
            title: "Retries",
            help: `${metrics.taskRetries.help}, a second.`,
            kind: "lines",
            unit: "count/s",
            lines: [{ legend: "{chain}", query: rateOf(metrics.taskRetries, perChain) }]
          }
        ]
      }
    ]
  }
}
