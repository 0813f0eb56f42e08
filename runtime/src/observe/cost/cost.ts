import type { CostView } from "@millrace/sdk/api"
import { metrics } from "../../telemetry/metric/catalogue.ts"
import type { Labels, MetricDefinition, MetricFamily } from "../../telemetry/metric/definition.ts"

type Cost = { -readonly [field in keyof CostView]: CostView[field] }
type Sum = "cpuSeconds" | "bytesIn" | "bytesOut" | "stateBytes"

const sums: readonly (readonly [metric: MetricDefinition, field: Sum])[] = [
  [metrics.cpu, "cpuSeconds"],
  [metrics.bytesIn, "bytesIn"],
  [metrics.bytesOut, "bytesOut"],
  [metrics.stateBytes, "stateBytes"]
]

/** What was measured of nodes, added up by what runs there, by whose it is, or by pipeline; the dearest first. */
export const costOf = (
  families: readonly MetricFamily[],
  by: "plugin" | "owner" | "pipeline"
): readonly CostView[] => {
  const samplesOf = (metric: MetricDefinition) =>
    families.find(({ definition }) => definition.name === metric.name)?.samples ?? []
  const names = new Map(
    samplesOf(metrics.nodeInfo).map(({ labels }) => [nodeOf(labels), labels[by] ?? ""] as const)
  )
  const costs = new Map<string, Cost>()
  for (const name of names.values()) {
    const cost = costs.get(name) ?? emptyCost(name)
    cost.nodes += 1
    costs.set(name, cost)
  }
  for (const [metric, field] of sums)
    for (const { labels, value } of samplesOf(metric)) {
      const cost = costs.get(names.get(nodeOf(labels)) ?? "")
      if (cost !== undefined && typeof value === "number") cost[field] += value
    }
  const all = [...costs.values()]
  const total = all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)
  for (const cost of all) cost.share = total === 0 ? 0 : cost.cpuSeconds / total
  return all.toSorted((a, b) => b.cpuSeconds - a.cpuSeconds || a.name.localeCompare(b.name))
}

const nodeOf = ({ node, pipeline }: Labels): string => JSON.stringify([pipeline, node])

const emptyCost = (name: string): Cost => ({
  name,
  cpuSeconds: 0,
  share: 0,
  bytesIn: 0,
  bytesOut: 0,
  stateBytes: 0,
  nodes: 0
})
