import { useState } from "react"
import { useApi } from "../../api/use-api.ts"
import { CliCommand } from "../cli-command.tsx"
import { Loaded } from "../loaded.tsx"
import { Dashboard } from "./dashboard.tsx"
import { RangeChoice, usualRange } from "./range-choice.tsx"

const everySeconds = 5

/** The generated charts of a pipeline. */
export const PipelineCharts = ({ pipeline }: { readonly pipeline: string }) => {
  const [seconds, setSeconds] = useState(usualRange)
  const dashboard = useApi(
    "GET /api/dashboards/pipelines/:pipeline",
    { params: { pipeline }, query: { seconds } },
    { everySeconds, keepsPrevious: true }
  )
  return (
    <>
      <div className="row">
        <RangeChoice seconds={seconds} choose={setSeconds} />
        <CliCommand command="millrace dashboard --pipeline" />
      </div>
      <Loaded query={dashboard} what="the charts">
        {(loaded) => <Dashboard dashboard={loaded} />}
      </Loaded>
    </>
  )
}
