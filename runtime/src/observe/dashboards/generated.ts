import { metrics } from "../../telemetry/metric/catalogue.ts"
import type { MetricDefinition } from "../../telemetry/metric/definition.ts"
import type { Matchers } from "../../telemetry/query/query.ts"
import type { NodeTraits } from "../node-traits.ts"
import { grafanaJson } from "./grafana/grafana-json.ts"
import type { LabelVariable } from "./grafana/grafana-variable.ts"
import { nodeDashboard } from "./model/node-dashboard.ts"
import { pipelineDashboard } from "./model/pipeline-dashboard.ts"
import { platformDashboard } from "./model/platform-dashboard.ts"

export interface PackageVersion {
  /** `@scope/name`. */
  readonly package: string
  readonly version: string
  /** Of each of its plugins. */
  readonly traits: readonly NodeTraits[]
  /** Metrics that its plugins count themselves. */
  readonly own: readonly MetricDefinition[]
}

/** The dashboard of a package's version for Grafana: of the node that is chosen, among those that run it. */
export const packageGrafana = ({ own, package: name, traits, version }: PackageVersion): string => {
  const runs = { package: name, version }
  const chosen = { ...runs, pipeline: "$pipeline", node: "$node" }
  const model = nodeDashboard({
    title: `${name} ${version}`,
    names: { pipeline: "$pipeline", node: "$node", chain: "$chain", domain: "$domain" },
    traits,
    own
  })
  return grafanaJson(model, {
    uid: `millrace ${name} ${version}`,
    tags: [name],
    variables: [
      ofNodes("pipeline", "Pipeline", runs),
      ofNodes("node", "Node", { ...runs, pipeline: "$pipeline" }),
      { ...ofNodes("chain", "Chain", chosen), hidden: true },
      { ...ofNodes("domain", "Trust domain", chosen), hidden: true }
    ]
  })
}

/** One dashboard for Grafana that shows any pipeline. */
export const pipelineGrafana = (): string =>
  grafanaJson(pipelineDashboard("Millrace pipeline", "$pipeline"), {
    uid: "millrace pipeline",
    tags: [],
    variables: [ofNodes("pipeline", "Pipeline", {})]
  })

/** The platform's dashboard for Grafana. */
export const platformGrafana = (): string =>
  grafanaJson(platformDashboard, { uid: "millrace platform", tags: [], variables: [] })

const ofNodes = (label: string, title: string, match: Matchers): LabelVariable => ({
  name: label,
  title,
  hidden: false,
  label,
  metric: metrics.nodeInfo.name,
  match
})
