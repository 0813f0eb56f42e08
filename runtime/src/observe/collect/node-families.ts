import type { Run } from "../../controller/running-pipelines.ts"
import type { PlannedNode } from "../../plan/index.ts"
import { metrics } from "../../telemetry/metric/catalogue.ts"
import type { Labels, SampleSink } from "../../telemetry/metric/definition.ts"
import type { Counts, StateSize } from "../../transport/transport.ts"
import type { CallMeter } from "../../worker/handlers/call-meters.ts"
import type { NodeMeters } from "../../worker/task/task-facts.ts"
import { secondsOf } from "./families.ts"

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

const kept = new WeakMap<PlannedNode, Labels>()

/** Made once for each node of a plan, which is measured every few seconds. */
export const nodeLabels = (pipeline: string, node: PlannedNode): Labels => {
  const known = kept.get(node)
  if (known?.["pipeline"] === pipeline) return known
  const made = { pipeline, node: node.name, plugin: pluginName(node.plugin) }
  kept.set(node, made)
  return made
}

export const addNodeFamilies = (
  families: SampleSink,
  { plan, stored }: Run,
  node: PlannedNode,
  { calls, meters, state, totals }: NodeFacts
): void => {
  const labels = nodeLabels(stored.pipeline, node)
  const sum = (of: (meters: NodeMeters) => number): number =>
    meters.reduce((total, each) => total + of(each), 0)
  const { name } = node
  families.add(metrics.nodeInfo, infoLabels(labels, node, plan, stored.owner), 1)
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

const keptInfo = new WeakMap<
  PlannedNode,
  { readonly plan: Run["plan"]; readonly owner: string; readonly labels: Labels }
>()

/** As {@link nodeLabels}, which they begin with, once for each node. */
const infoLabels = (labels: Labels, node: PlannedNode, plan: Run["plan"], owner: string): Labels => {
  const known = keptInfo.get(node)
  if (known?.plan === plan && known.owner === owner) return known.labels
  const made = { ...labels, ...identity(node, plan, owner), kind: node.kind }
  keptInfo.set(node, { plan, owner, labels: made })
  return made
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
