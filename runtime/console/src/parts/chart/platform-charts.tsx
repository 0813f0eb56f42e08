import { useState } from "react"
import { useApi } from "../../api/use-api.ts"
import { Loaded } from "../loaded.tsx"
import { Dashboard } from "./dashboard.tsx"
import { RangeChoice, usualRange } from "./range-choice.tsx"

const everySeconds = 5

/** The generated charts of the platform. */
export const PlatformCharts = () => {
  const [seconds, setSeconds] = useState(usualRange)
  const dashboard = useApi(
    "GET /api/dashboards/platform",
    { query: { seconds } },
    { everySeconds, keepsPrevious: true }
  )
  return (
    <>
      <RangeChoice seconds={seconds} choose={setSeconds} />
      <Loaded query={dashboard} what="the charts">
        {(loaded) => <Dashboard dashboard={loaded} />}
      </Loaded>
    </>
  )
}
