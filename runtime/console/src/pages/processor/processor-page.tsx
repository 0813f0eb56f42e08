import type { PipelineGraph } from "@millrace/sdk/api"
import { Link, useParams, useSearch } from "@tanstack/react-router"
import { lazy, Suspense } from "react"
import { useApi } from "../../api/use-api.ts"
import { CliCommand, shellWord } from "../../parts/cli-command.tsx"
import { Empty } from "../../parts/empty.tsx"
import { Loaded } from "../../parts/loaded.tsx"
import { Tabs } from "../../parts/tabs.tsx"
import { PageHead } from "../../shell/page-head.tsx"
import { AlertPanel } from "../alerts/alert-panel.tsx"
import { ConfigTab } from "./config-tab.tsx"
import { NodeStats } from "./node-stats.tsx"
import { StateTab } from "./state-tab.tsx"
import { TapTab } from "./tap-tab.tsx"
import "../pipeline/pipeline.css"
import "./processor.css"

const NodeCharts = lazy(() =>
  import("../../parts/chart/node-charts.tsx").then(({ NodeCharts: found }) => ({ default: found }))
)

const tabs = {
  charts: "Charts",
  tap: "Tap",
  alerts: "Alerts",
  config: "Config and contract",
  state: "State"
} as const
type Tab = keyof typeof tabs

const isTab = (name: string | undefined): name is Tab => name !== undefined && Object.hasOwn(tabs, name)

interface ViewOptions {
  readonly graph: PipelineGraph
  readonly node: PipelineGraph["nodes"][number]
  readonly tab: Tab
}

const View = ({ graph, node, tab }: ViewOptions) => {
  switch (tab) {
    case "charts":
      return (
        <Suspense fallback={<p className="waiting">Loading the charts …</p>}>
          <NodeCharts pipeline={graph.pipeline} node={node.node} />
        </Suspense>
      )
    case "tap":
      return <TapTab key={node.node} graph={graph} node={node} />
    case "alerts":
      return <AlertPanel pipeline={graph.pipeline} node={node} />
    case "config":
      return <ConfigTab graph={graph} node={node} />
    case "state":
      return <StateTab pipeline={graph.pipeline} node={node} />
  }
}

/** One node of a pipeline: its generated dashboard, alerts, config, and the records that go through it. */
export const ProcessorPage = () => {
  const { node: name, pipeline } = useParams({ from: "/pipelines/$pipeline/nodes/$node" })
  const { tab } = useSearch({ from: "/pipelines/$pipeline/nodes/$node" })
  const graph = useApi("GET /api/status/:pipeline/graph", { params: { pipeline } })
  return (
    <>
      <PageHead
        title={name}
        trail={
          <>
            <Link to="/">Overview</Link> /{" "}
            <Link to="/pipelines/$pipeline" params={{ pipeline }}>
              {pipeline}
            </Link>
          </>
        }
      >
        <CliCommand command={`millrace tap ${shellWord(pipeline)} ${shellWord(name)}`} />
      </PageHead>
      <Loaded query={graph} what={`the pipeline ${pipeline}`}>
        {(loaded) => {
          const node = loaded.nodes.find((each) => each.node === name)
          return node === undefined ? (
            <Empty title={`The pipeline ${pipeline} has no node ${name}`}>
              It has {loaded.nodes.map((each) => each.node).join(", ")}.
            </Empty>
          ) : (
            <>
              <NodeStats pipeline={pipeline} node={node} />
              <Tabs label="Views of the node" names={tabs} chosen={isTab(tab) ? tab : "charts"} />
              <View graph={loaded} node={node} tab={isTab(tab) ? tab : "charts"} />
            </>
          )
        }}
      </Loaded>
    </>
  )
}
