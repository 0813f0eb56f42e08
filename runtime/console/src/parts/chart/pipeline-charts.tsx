import { useState } from "react"
import { useApi } from "../../api/use-api.ts"
import { CliCommand } from "../cli-command.tsx"
import { usualRange } from "./range-choice.tsx"
import { chartSeconds, RangedDashboard } from "./ranged-dashboard.tsx"

/** The generated charts of a pipeline. */
export const PipelineCharts = ({ pipeline }: { readonly pipeline: string }) => {
  const [seconds, choose] = useState(usualRange)
  const query = useApi(
    "GET /api/dashboards/pipelines/:pipeline",
    { params: { pipeline }, query: { seconds } },
    { everySeconds: chartSeconds, keepsPrevious: true }
  )
  return (
    <RangedDashboard
      query={query}
      seconds={seconds}
      choose={choose}
      beside={<CliCommand command="millrace dashboard --pipeline" />}
    />
  )
}
