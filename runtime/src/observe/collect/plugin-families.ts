import type { PluginMeter } from "../../worker/task/task-facts.ts"
import {
  type Labels,
  type MetricDefinition,
  type SampleSink,
  valueBounds
} from "../../telemetry/metric/definition.ts"

/** Label sets that one metric of one node may have; what comes beyond is not shown. */
const maxLabelSets = 100

const definitions = new Map<string, MetricDefinition>()

/** A plugin's own metric, by the handle that its author gave it: `millrace_plugin_HANDLE`, with `_total` for a counter. */
export const pluginMetric = (handle: string, kind: PluginMeter["kind"]): MetricDefinition => {
  const bare = handle
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, "_")
  const name = `millrace_plugin_${kind === "counter" ? `${bare.replace(/_total$/, "")}_total` : bare}`
  const known = definitions.get(name)
  if (known !== undefined) return known
  const made: MetricDefinition = {
    name,
    type: kind,
    unit: "count",
    labels: ["pipeline", "node", "plugin"],
    help: `A plugin's own ${kind}, named '${handle}' by its author`
  }
  definitions.set(name, made)
  return made
}

/** Adds what plugins measured themselves; of tasks of one node the sums. */
export const addPluginFamilies = (
  families: SampleSink,
  meters: Iterable<PluginMeter>,
  labelsOf: (node: string) => Labels
): void => {
  const sums = new Map<string, { readonly meter: PluginMeter; value: number; readonly counts: number[] }>()
  const sets = new Map<string, number>()
  for (const meter of meters) {
    const name = JSON.stringify([meter.node, meter.handle, meter.labels])
    const known = sums.get(name)
    if (known !== undefined) {
      known.value += meter.sum
      meter.buckets.forEach((count, bucket) => (known.counts[bucket] = (known.counts[bucket] ?? 0) + count))
      continue
    }
    const handle = JSON.stringify([meter.node, meter.handle])
    const count = (sets.get(handle) ?? 0) + 1
    sets.set(handle, count)
    if (count <= maxLabelSets) sums.set(name, { meter, value: meter.sum, counts: [...meter.buckets] })
  }
  for (const { counts, meter, value } of sums.values()) {
    const labels = { ...ownLabels(meter.labels), ...labelsOf(meter.node) }
    families.add(
      pluginMetric(meter.handle, meter.kind),
      labels,
      meter.kind === "counter" ? value : { bounds: valueBounds, counts, sum: value }
    )
  }
}

/** JSON text of names and values; those that the platform has itself are its own. */
const ownLabels = (text: string): Labels => {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== "object" || parsed === null) return {}
    return Object.fromEntries(
      Object.entries(parsed).flatMap(([name, value]) =>
        /^[a-z_][a-z0-9_]{0,63}$/i.test(name) && !name.startsWith("__") ? [[name, String(value)]] : []
      )
    )
  } catch {
    return {}
  }
}
