import type { PipelineGraph } from "@millrace/sdk/api"
import { Link, useParams, useSearch } from "@tanstack/react-router"
import { lazy, Suspense, useEffect } from "react"
import { useApi } from "../../api/use-api.ts"
import { useLivePipeline } from "../../live/use-live.ts"
import { CliCommand, shellWord } from "../../parts/cli-command.tsx"
import { Loaded } from "../../parts/loaded.tsx"
import { State } from "../../parts/state.tsx"
import { Tabs } from "../../parts/tabs.tsx"
import { PageHead } from "../../shell/page-head.tsx"
import { GraphTab } from "./graph-tab.tsx"
import { LedgerTab } from "./ledger-tab.tsx"
import { LogsTab } from "./logs-tab.tsx"
import { PipelineActions } from "./pipeline-actions.tsx"
import { PipelineStats } from "./pipeline-stats.tsx"
import { PlanTab } from "./plan-tab.tsx"
import { HistoryTab } from "./release/history-tab.tsx"
import { SchemasTab } from "./schemas-tab.tsx"
import { TasksTab } from "./tasks-tab.tsx"
import { TracesTab } from "./traces-tab.tsx"
import "./pipeline.css"

const PipelineCharts = lazy(() =>
  import("../../parts/chart/pipeline-charts.tsx").then(({ PipelineCharts: found }) => ({ default: found }))
)

const tabs = {
  graph: "Graph",
  schemas: "Schemas",
  charts: "Charts",
  tasks: "Tasks",
  traces: "Traces",
  ledger: "Ledger",
  plan: "Physical plan",
  history: "History",
  logs: "Logs"
} as const
type Tab = keyof typeof tabs

const isTab = (name: string | undefined): name is Tab => name !== undefined && Object.hasOwn(tabs, name)

const View = ({ graph, tab }: { readonly graph: PipelineGraph; readonly tab: Tab }) => {
  const { pipeline } = graph
  switch (tab) {
    case "graph":
      return <GraphTab graph={graph} />
    case "schemas":
      return <SchemasTab graph={graph} />
    case "charts":
      return (
        <Suspense fallback={<p className="waiting">Loading the charts …</p>}>
          <PipelineCharts pipeline={pipeline} />
        </Suspense>
      )
    case "tasks":
      return <TasksTab pipeline={pipeline} />
    case "traces":
      return <TracesTab pipeline={pipeline} />
    case "ledger":
      return <LedgerTab pipeline={pipeline} />
    case "plan":
      return <PlanTab graph={graph} />
    case "history":
      return <HistoryTab pipeline={pipeline} running={graph.revision} />
    case "logs":
      return <LogsTab key={pipeline} pipeline={pipeline} nodes={graph.nodes.map(({ node }) => node)} />
  }
}

const Head = ({ pipeline }: { readonly pipeline: string }) => {
  const live = useLivePipeline(pipeline)
  return (
    <PageHead title={pipeline} trail={<Link to="/">Overview</Link>}>
      {live === undefined ? null : (
        <>
          <State state={live.state} />
          <span className="dim num">
            revision {live.revision}, owned by {live.owner}
          </span>
        </>
      )}
      <PipelineActions pipeline={pipeline} />
      <CliCommand command={`millrace status ${shellWord(pipeline)}`} />
    </PageHead>
  )
}

/** One pipeline: its graph with live numbers, and everything behind it. */
export const PipelinePage = () => {
  const { pipeline } = useParams({ from: "/pipelines/$pipeline" })
  const { tab } = useSearch({ from: "/pipelines/$pipeline" })
  const shown = isTab(tab) ? tab : "graph"
  const revision = useLivePipeline(pipeline)?.revision
  const graph = useApi("GET /api/status/:pipeline/graph", { params: { pipeline } })
  // A new revision is another graph.
  const isStale = revision !== undefined && graph.data !== undefined && graph.data.revision !== revision
  const { refetch } = graph
  useEffect(() => {
    if (isStale) void refetch()
  }, [isStale, refetch])
  return (
    <>
      <Head pipeline={pipeline} />
      <PipelineStats name={pipeline} />
      <Tabs label="Views of the pipeline" names={tabs} chosen={shown} />
      <Loaded query={graph} what={`the pipeline ${pipeline}`}>
        {(loaded) => <View graph={loaded} tab={shown} />}
      </Loaded>
    </>
  )
}
