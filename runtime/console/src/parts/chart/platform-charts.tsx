import { useState } from "react"
import { useApi } from "../../api/use-api.ts"
import { usualRange } from "./range-choice.tsx"
import { chartSeconds, RangedDashboard } from "./ranged-dashboard.tsx"

/** The generated charts of the platform. */
export const PlatformCharts = () => {
  const [seconds, choose] = useState(usualRange)
  const query = useApi(
    "GET /api/dashboards/platform",
    { query: { seconds } },
    { everySeconds: chartSeconds, keepsPrevious: true }
  )
  return <RangedDashboard query={query} seconds={seconds} choose={choose} />
}
