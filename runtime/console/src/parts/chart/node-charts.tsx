import { useState } from "react"
import { useApi } from "../../api/use-api.ts"
import { usualRange } from "./range-choice.tsx"
import { chartSeconds, RangedDashboard } from "./ranged-dashboard.tsx"

/** The charts that were generated for a node's plugin. */
export const NodeCharts = ({ node, pipeline }: { readonly pipeline: string; readonly node: string }) => {
  const [seconds, choose] = useState(usualRange)
  const query = useApi(
    "GET /api/dashboards/pipelines/:pipeline/nodes/:node",
    { params: { pipeline, node }, query: { seconds } },
    { everySeconds: chartSeconds, keepsPrevious: true }
  )
  return <RangedDashboard query={query} seconds={seconds} choose={choose} />
}
