import { allMetrics } from "../../../telemetry/metric/catalogue.ts"
import type { Labels, MetricDefinition, MetricFamily } from "../../../telemetry/metric/definition.ts"
import type { PanelModel, PanelUnit } from "./panel.ts"
import { latestOf, quantileOf, rateOf } from "./queries.ts"

const nodeLabels = new Set(["pipeline", "node", "plugin"])
const known = new Set(allMetrics.map(({ name }) => name))

/** A panel for each metric that a plugin counts itself, its lines told apart by the labels that the plugin gave. */
export const ownPanels = (own: readonly MetricDefinition[], match: Labels): readonly PanelModel[] =>
  own.map((metric): PanelModel => {
    const by = metric.labels.filter((label) => !nodeLabels.has(label))
    const legend = by.length === 0 ? metric.name : by.map((label) => `{${label}}`).join(" ")
    const panel = { id: `own-${metric.name}`, title: metric.name, help: metric.help, kind: "lines" as const }
    if (metric.type === "histogram") {
      return {
        ...panel,
        unit: unitOf(metric),
        lines: [0.5, 0.99].map((quantile) => ({
          legend: by.length === 0 ? `p${quantile * 100}` : `${legend} p${quantile * 100}`,
          query: quantileOf(metric, quantile, { match, by })
        }))
      }
    }
    return metric.type === "counter"
      ? { ...panel, unit: perSecond(metric), lines: [{ legend, query: rateOf(metric, { match, by }) }] }
      : { ...panel, unit: unitOf(metric), lines: [{ legend, query: latestOf(metric, { match, by }) }] }
  })

const unitOf = ({ unit }: MetricDefinition): PanelUnit =>
  unit === "bytes" || unit === "seconds" || unit === "records" ? unit : "count"

const perSecond = ({ unit }: MetricDefinition): PanelUnit => {
  if (unit === "seconds") return "cores"
  return unit === "bytes" || unit === "records" ? `${unit}/s` : "count/s"
}

/** Of what is measured, the metrics that plugins count themselves at nodes that `isNode` is true of, with all labels they gave. */
export const ownMetrics = (
  families: readonly MetricFamily[],
  isNode: (labels: Labels) => boolean
): readonly MetricDefinition[] =>
  families.flatMap(({ definition, samples }) => {
    if (known.has(definition.name)) return []
    const own = samples.filter(({ labels }) => labels["node"] !== undefined && isNode(labels))
    if (own.length === 0) return []
    return [{ ...definition, labels: [...new Set(own.flatMap(({ labels }) => Object.keys(labels)))] }]
  })
