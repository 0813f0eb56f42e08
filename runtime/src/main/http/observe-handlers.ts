import { type alertEndpoints, apiError, type dashboardEndpoints } from "@millrace/sdk/api"
import { type Handlers, openArchive, Packages } from "@millrace/registry/server"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { runOf } from "../../controller/status.ts"
import { Alerts } from "../../observe/alerts/alerts.ts"
import { Collector } from "../../observe/collector.ts"
import { dashboardView } from "../../observe/dashboards/dashboard-view.ts"
import { nodeDashboard } from "../../observe/dashboards/model/node-dashboard.ts"
import { ownMetrics } from "../../observe/dashboards/model/own-panels.ts"
import type { DashboardModel } from "../../observe/dashboards/model/panel.ts"
import { pipelineDashboard } from "../../observe/dashboards/model/pipeline-dashboard.ts"
import { platformDashboard } from "../../observe/dashboards/model/platform-dashboard.ts"
import { traitsOf } from "../../observe/node-traits.ts"
import { packageRulesYaml, rulesYaml } from "../../observe/rules/prometheus-rules.ts"
import { Samples } from "../../observe/samples.ts"
import { metrics } from "../../telemetry/metric/catalogue.ts"
import type { Labels, MetricFamily } from "../../telemetry/metric/definition.ts"
import { watchedNode } from "../observe/watched-pipelines.ts"
import type { ControlServices } from "./app.ts"

/** How far back charts go where nobody says: a quarter of an hour. */
const defaultSeconds = 900

type Endpoints = readonly [...typeof dashboardEndpoints, ...typeof alertEndpoints]

/** Dashboards and alerts: each handler hands its request to what knows. */
export const observeHandlers: Handlers<Endpoints, ControlServices> = {
  platformDashboard: ({ query }) => viewOf(platformDashboard, query.seconds),
  pipelineDashboard: ({ params, query }) =>
    Effect.andThen(
      runOf(params.pipeline),
      viewOf(pipelineDashboard(params.pipeline, params.pipeline), query.seconds)
    ),
  nodeDashboard: Effect.fnUntraced(function* ({ params, query }) {
    const run = yield* runOf(params.pipeline)
    const watched = watchedNode(run, params.node)
    if (watched === undefined) return yield* apiError("NODE_UNKNOWN", params)
    const { chain, domain, node, traits } = watched
    const families = yield* Collector.use((collector) => collector.families)
    const model = nodeDashboard({
      title: `${params.pipeline} ${node}`,
      names: { pipeline: params.pipeline, node, chain, domain },
      traits: [traits],
      own: ownMetrics(families, (labels) => labels["pipeline"] === params.pipeline && labels["node"] === node)
    })
    return yield* viewOf(model, query.seconds)
  }),
  packageGrafana: Effect.fnUntraced(function* ({ params }) {
    const version = yield* packageVersion(params)
    const families = yield* Collector.use((collector) => collector.families)
    const runs = nodesOf(families, version)
    const { packageGrafana } = yield* generated
    const own = ownMetrics(families, (labels) => runs.has(nodeKey(labels)))
    return packageGrafana({ ...version, own })
  }),
  platformGrafana: () => Effect.map(generated, ({ platformGrafana }) => platformGrafana()),
  pipelineGrafana: () => Effect.map(generated, ({ pipelineGrafana }) => pipelineGrafana()),
  packageRules: ({ params }) =>
    Effect.gen(function* () {
      const { times } = yield* Alerts
      return packageRulesYaml(yield* packageVersion(params), times)
    }),
  alertRules: () =>
    Effect.gen(function* () {
      const alerts = yield* Alerts
      return rulesYaml(yield* alerts.rules, alerts.times)
    }),
  listAlerts: ({ query }) => Alerts.use((alerts) => alerts.list(query.pipeline)),
  listSilences: () => Alerts.use((alerts) => alerts.silences),
  addSilence: ({ body, caller }) => Alerts.use((alerts) => alerts.silence(body, caller.name)),
  removeSilence: ({ params }) => Alerts.use((alerts) => alerts.unsilence(params.id))
}

/** Grafana's builders are half a megabyte that a platform without Grafana never needs. */
const generated = Effect.promise(() => import("../../observe/dashboards/generated.ts"))

/** Up to the newest samples: a chart's last step has values. */
const viewOf = Effect.fnUntraced(function* (model: DashboardModel, seconds = defaultSeconds) {
  const { history } = yield* Samples
  return dashboardView(model, history, { end: history.newest ?? (yield* Clock.currentTimeMillis), seconds })
})

interface VersionParams {
  readonly scope: string
  readonly name: string
  readonly version: string
}

/** A version with what its plugins do; fails with PACKAGE_UNKNOWN or VERSION_UNKNOWN. */
const packageVersion = Effect.fnUntraced(function* ({ name, scope, version }: VersionParams) {
  const packages = yield* Packages
  const full = `${scope}/${name}`
  const { bytes } = yield* packages.archive(full, version)
  const { manifest } = yield* Effect.orDie(openArchive(bytes))
  return { package: full, version, traits: manifest.plugins.map(traitsOf) }
})

const nodesOf = (
  families: readonly MetricFamily[],
  { package: name, version }: { readonly package: string; readonly version: string }
): ReadonlySet<string> =>
  new Set(
    families
      .filter(({ definition }) => definition.name === metrics.nodeInfo.name)
      .flatMap(({ samples }) => samples)
      .filter(({ labels }) => labels["package"] === name && labels["version"] === version)
      .map(({ labels }) => nodeKey(labels))
  )

const nodeKey = ({ node = "", pipeline = "" }: Labels): string => `${pipeline}/${node}`
