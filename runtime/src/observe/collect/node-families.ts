import type { Run } from "../../controller/running-pipelines.ts"
import type { PlannedNode } from "../../plan/index.ts"
import { metrics } from "../../telemetry/metric/catalogue.ts"
import type { Labels } from "../../telemetry/metric/definition.ts"
import type { Counts, StateSize } from "../../transport/transport.ts"
import type { CallMeter } from "../../worker/handlers/call-meters.ts"
import type { NodeMeters } from "../../worker/task/task-facts.ts"
import { type Families, secondsOf } from "./families.ts"

/** What is known of one node of a pipeline, beside its plan. */
export interface NodeFacts {
  readonly totals: Counts | undefined
  readonly meters: readonly NodeMeters[]
  readonly calls: readonly CallMeter[]
  readonly state: StateSize | undefined
}

/** A plugin by its package's name and its own, or by path: the same over versions. */
export const pluginName = (plugin: string): string => plugin.replace(/^(@[^/@]+\/[^@#]+)@[^#]+/, "$1")

const versionOf = (plugin: string): string => /^@[^/@]+\/[^@#]+@([^#]+)/.exec(plugin)?.[1] ?? ""

export const nodeLabels = (pipeline: string, node: PlannedNode): Labels => ({
  pipeline,
  node: node.name,
  plugin: pluginName(node.plugin)
})

export const addNodeFamilies = (
  families: Families,
  { plan, stored }: Run,
  node: PlannedNode,
  { calls, meters, state, totals }: NodeFacts
): void => {
  const labels = nodeLabels(stored.pipeline, node)
  const sum = (of: (meters: NodeMeters) => number): number =>
    meters.reduce((total, each) => total + of(each), 0)
  const { kind, name } = node
  families.add(metrics.nodeInfo, { ...labels, ...identity(node, plan, stored.owner), kind }, 1)
  families.add(metrics.recordsIn, labels, totals?.in ?? 0)
  families.add(metrics.recordsOut, labels, totals?.out ?? 0)
  families.add(metrics.filtered, labels, totals?.filtered ?? 0)
  families.add(metrics.failed, labels, totals?.dead ?? 0)
  // Under another policy a record that fails becomes no letter.
  families.add(metrics.dead, labels, node.onError.startsWith("dead-letter") ? (totals?.dead ?? 0) : 0)
  families.add(metrics.late, labels, totals?.late ?? 0)
  families.add(
    metrics.bytesIn,
    labels,
    sum(({ bytesIn }) => bytesIn)
  )
  families.add(
    metrics.bytesOut,
    labels,
    sum(({ bytesOut }) => bytesOut)
  )
  families.add(metrics.cpu, labels, secondsOf(sum(({ cpuMicros }) => cpuMicros)))
  families.add(metrics.stateBytes, labels, state?.bytes)
  families.add(metrics.stateEntries, labels, state?.entries)
  for (const call of calls.filter((each) => each.node === name)) {
    const capability = { ...labels, capability: call.operation }
    families.add(metrics.hostCalls, capability, call.calls)
    families.add(metrics.hostCallSeconds, capability, call.seconds)
  }
}

const identity = (node: PlannedNode, plan: Run["plan"], owner: string): Labels => {
  const chain = plan.physical.chains.find(({ segments }) =>
    segments.some(({ nodes }) => nodes.some(({ spec }) => spec.node === node.name))
  )
  const segment = chain?.segments.find(({ nodes }) => nodes.some(({ spec }) => spec.node === node.name))
  return {
    package: pluginName(node.plugin).split("#")[0] ?? "",
    version: versionOf(node.plugin),
    owner,
    domain: segment?.domain ?? "",
    chain: chain?.head ?? ""
  }
}
