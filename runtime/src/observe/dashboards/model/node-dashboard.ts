import { metrics } from "../../../telemetry/metric/catalogue.ts"
import type { MetricDefinition } from "../../../telemetry/metric/definition.ts"
import type { NodeTraits } from "../../node-traits.ts"
import { ownPanels } from "./own-panels.ts"
import type { DashboardModel, PanelModel } from "./panel.ts"
import { latestOf, meanHostCall, quantileOf, rateOf } from "./queries.ts"

/** A node as its samples name it: names, or the variables of a Grafana dashboard. */
export interface NodeNames {
  readonly pipeline: string
  readonly node: string
  /** Name of the chain that it runs in. */
  readonly chain: string
  /** Trust domain of its sandbox processes. */
  readonly domain: string
}

export interface NodeDashboardOptions {
  readonly title: string
  readonly names: NodeNames
  /** Of all plugins that the dashboard is for: a package may have several. */
  readonly traits: readonly NodeTraits[]
  /** Metrics of the plugin's own that were seen or declared. */
  readonly own: readonly MetricDefinition[]
}

/** What a node does, how fast, what it needs and what it asks: a panel where its plugin has anything to show. */
export const nodeDashboard = ({ names, own, title, traits }: NodeDashboardOptions): DashboardModel => {
  const has = (trait: Exclude<keyof NodeTraits, "kind">) => traits.some((each) => each[trait])
  const { chain, domain, node, pipeline } = names
  const ofNode = { match: { pipeline, node } }
  const ofChain = { match: { pipeline, chain } }
  const rows = [
    { title: "Records", panels: [flow(ofNode, has("takes"), has("gives")), failures(ofNode), bytes(ofNode)] },
    {
      title: "Time",
      panels: [
        latency("batch-latency", "Batch latency", metrics.batchSeconds, ofChain),
        latency("end-to-end", "End to end", metrics.endToEnd, ofChain),
        ...lag(ofChain),
        watermark(ofChain)
      ]
    },
    {
      title: "Resources",
      panels: [
        cpu(ofNode),
        ...(has("keepsState") ? state(ofNode) : []),
        ...sandbox({ match: { domain } }),
        ...(has("asks") ? hostCalls(ofNode) : [])
      ]
    },
    { title: "The plugin's own", panels: ownPanels(own, ofNode.match) }
  ]
  return { title, rows: rows.filter(({ panels }) => panels.length > 0) }
}

interface Matched {
  readonly match: { readonly [label: string]: string }
}

const flow = (of: Matched, takes: boolean, gives: boolean): PanelModel => ({
  id: "records",
  title: "Records",
  help: "Records a second that the node took, gave, and dropped on purpose.",
  kind: "lines",
  unit: "records/s",
  lines: [
    ...(takes ? [{ legend: "in", query: rateOf(metrics.recordsIn, of) }] : []),
    ...(gives ? [{ legend: "out", query: rateOf(metrics.recordsOut, of) }] : []),
    ...(takes ? [{ legend: "filtered", query: rateOf(metrics.filtered, of) }] : [])
  ]
})

const failures = (of: Matched): PanelModel => ({
  id: "failures",
  title: "Failed, dead and late",
  help: "Records a second that failed, that became dead letters, and that came after their watermark.",
  kind: "lines",
  unit: "records/s",
  lines: [
    { legend: "failed", query: rateOf(metrics.failed, of) },
    { legend: "dead letters", query: rateOf(metrics.dead, of) },
    { legend: "late", query: rateOf(metrics.late, of) }
  ]
})

const bytes = (of: Matched): PanelModel => ({
  id: "bytes",
  title: "Bytes",
  help: "Bytes a second of the batches that the node took and gave.",
  kind: "lines",
  unit: "bytes/s",
  lines: [
    { legend: "in", query: rateOf(metrics.bytesIn, of) },
    { legend: "out", query: rateOf(metrics.bytesOut, of) }
  ]
})

const latency = (id: string, title: string, metric: MetricDefinition, of: Matched): PanelModel => ({
  id,
  title,
  help: `${metric.help}; half and 99 of 100 are faster.`,
  kind: "lines",
  unit: "seconds",
  lines: [
    { legend: "p50", query: quantileOf(metric, 0.5, of) },
    { legend: "p99", query: quantileOf(metric, 0.99, of) }
  ]
})

const lag = (of: Matched): readonly PanelModel[] => [
  {
    id: "lag-records",
    title: "Lag in records",
    help: `${metrics.lagRecords.help}, of all tasks of the node's chain.`,
    kind: "lines",
    unit: "records",
    lines: [{ legend: "lag", query: latestOf(metrics.lagRecords, of) }]
  },
  {
    id: "lag-seconds",
    title: "Lag in time",
    help: `${metrics.lagSeconds.help}; of the task that is furthest behind.`,
    kind: "lines",
    unit: "seconds",
    lines: [{ legend: "lag", query: latestOf(metrics.lagSeconds, of, "max") }]
  }
]

const watermark = (of: Matched): PanelModel => ({
  id: "watermark",
  title: "Watermark delay",
  help: `${metrics.watermarkDelay.help}; empty where the pipeline has no event time.`,
  kind: "lines",
  unit: "seconds",
  lines: [{ legend: "delay", query: latestOf(metrics.watermarkDelay, of, "max") }]
})

const cpu = (of: Matched): PanelModel => ({
  id: "cpu",
  title: "CPU",
  help: "Cores that the node's code took in its sandbox processes.",
  kind: "lines",
  unit: "cores",
  lines: [{ legend: "cores", query: rateOf(metrics.cpu, of) }]
})

const state = (of: Matched): readonly PanelModel[] => [
  {
    id: "state-bytes",
    title: "State",
    help: metrics.stateBytes.help,
    kind: "lines",
    unit: "bytes",
    lines: [{ legend: "state", query: latestOf(metrics.stateBytes, of) }]
  },
  {
    id: "state-entries",
    title: "State entries",
    help: metrics.stateEntries.help,
    kind: "lines",
    unit: "count",
    lines: [{ legend: "entries", query: latestOf(metrics.stateEntries, of) }]
  }
]

/** Processes are shared by all nodes of a trust domain. */
export const sandbox = (of: Matched): readonly PanelModel[] => [
  {
    id: "sandbox-memory",
    title: "Sandbox memory",
    help: "Resident memory of the trust domain's processes, and where one is killed.",
    kind: "lines",
    unit: "bytes",
    lines: [
      { legend: "process {pid}", query: latestOf(metrics.residentBytes, { ...of, by: ["pid"] }) },
      { legend: "limit", query: latestOf(metrics.memoryLimit, of, "min") }
    ]
  },
  {
    id: "sandbox-restarts",
    title: "Sandbox restarts",
    help: "Starts of the trust domain's processes after the first of each, since the platform started.",
    kind: "number",
    unit: "count",
    lines: [{ legend: "restarts", query: latestOf(metrics.restarts, of) }]
  }
]

const hostCalls = (of: Matched): readonly PanelModel[] => [
  {
    id: "host-calls",
    title: "Requests to the worker",
    help: `${metrics.hostCalls.help}, a second.`,
    kind: "stacked",
    unit: "count/s",
    lines: [{ legend: "{capability}", query: rateOf(metrics.hostCalls, { ...of, by: ["capability"] }) }]
  },
  {
    id: "host-call-time",
    title: "Time of a request",
    help: "Mean time that the worker took over one request.",
    kind: "lines",
    unit: "seconds",
    lines: [{ legend: "{capability}", query: meanHostCall({ ...of, by: ["capability"] }) }]
  }
]
