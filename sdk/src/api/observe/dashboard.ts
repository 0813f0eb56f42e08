import * as Schema from "effect/Schema"
import { defineEndpoint, json, ok, text } from "../endpoint.ts"

/** One line of a chart: a value for each step of the dashboard's time, null where nothing was measured. */
export const PanelSeries = Schema.Struct({
  legend: Schema.String,
  labels: Schema.Record(Schema.String, Schema.String),
  values: Schema.Array(Schema.NullOr(Schema.Number))
})

export const PanelView = Schema.Struct({
  id: Schema.String,
  title: Schema.String,
  /** What it tells, in a sentence. */
  help: Schema.String,
  kind: Schema.Literals(["lines", "stacked", "number"]),
  /** Of the values: `records/s`, `bytes`, `bytes/s`, `seconds`, `ratio`, `count`. */
  unit: Schema.String,
  series: Schema.Array(PanelSeries)
})
export type PanelView = typeof PanelView.Type

export const DashboardView = Schema.Struct({
  title: Schema.String,
  /** Time of the last step, ms since 1970. */
  end: Schema.Number,
  stepSeconds: Schema.Number,
  steps: Schema.Int,
  rows: Schema.Array(Schema.Struct({ title: Schema.String, panels: Schema.Array(PanelView) }))
})
export type DashboardView = typeof DashboardView.Type

/** How far back; default 900. */
const Range = Schema.Struct({
  seconds: Schema.optionalKey(
    Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 30, maximum: 86_400 }))
  )
})
const Pipeline = Schema.Struct({ pipeline: Schema.String })
const PipelineNode = Schema.Struct({ pipeline: Schema.String, node: Schema.String })
const Version = Schema.Struct({ scope: Schema.String, name: Schema.String, version: Schema.String })

const platformDashboard = defineEndpoint({
  id: "platformDashboard",
  method: "GET",
  path: "/api/dashboards/platform",
  tag: "observe",
  summary: "Charts of the platform: load, memory, disk, what all pipelines do",
  access: "read",
  query: Range,
  success: ok(json(DashboardView)),
  errors: []
})

const pipelineDashboard = defineEndpoint({
  id: "pipelineDashboard",
  method: "GET",
  path: "/api/dashboards/pipelines/:pipeline",
  tag: "observe",
  summary: "Charts of one pipeline",
  access: "read",
  params: Pipeline,
  query: Range,
  success: ok(json(DashboardView)),
  errors: ["PIPELINE_UNKNOWN"]
})

const nodeDashboard = defineEndpoint({
  id: "nodeDashboard",
  method: "GET",
  path: "/api/dashboards/pipelines/:pipeline/nodes/:node",
  tag: "observe",
  summary: "The generated charts of the plugin that runs at a node, for that node",
  access: "read",
  params: PipelineNode,
  query: Range,
  success: ok(json(DashboardView)),
  errors: ["PIPELINE_UNKNOWN", "NODE_UNKNOWN"]
})

const packageGrafana = defineEndpoint({
  id: "packageGrafana",
  method: "GET",
  path: "/api/packages/:scope/:name/versions/:version/dashboard",
  tag: "observe",
  summary: "The dashboard generated for a package's version, as Grafana imports it",
  access: "read",
  params: Version,
  success: ok(text("application/json")),
  errors: ["PACKAGE_UNKNOWN", "VERSION_UNKNOWN"]
})

const platformGrafana = defineEndpoint({
  id: "platformGrafana",
  method: "GET",
  path: "/api/grafana/platform",
  tag: "observe",
  summary: "The platform's dashboard, as Grafana imports it",
  access: "read",
  success: ok(text("application/json")),
  errors: []
})

const pipelineGrafana = defineEndpoint({
  id: "pipelineGrafana",
  method: "GET",
  path: "/api/grafana/pipeline",
  tag: "observe",
  summary: "The dashboard of a pipeline, which is chosen there, as Grafana imports it",
  access: "read",
  success: ok(text("application/json")),
  errors: []
})

const packageRules = defineEndpoint({
  id: "packageRules",
  method: "GET",
  path: "/api/packages/:scope/:name/versions/:version/rules",
  tag: "observe",
  summary: "The alert rules generated for a package's version, as Prometheus loads them",
  access: "read",
  params: Version,
  success: ok(text("application/yaml")),
  errors: ["PACKAGE_UNKNOWN", "VERSION_UNKNOWN"]
})

const alertRules = defineEndpoint({
  id: "alertRules",
  method: "GET",
  path: "/api/rules",
  tag: "observe",
  summary: "All alert rules in force, as Prometheus loads them",
  access: "read",
  success: ok(text("application/yaml")),
  errors: []
})

export const dashboardEndpoints = [
  platformDashboard,
  pipelineDashboard,
  nodeDashboard,
  packageGrafana,
  platformGrafana,
  pipelineGrafana,
  packageRules,
  alertRules
] as const
