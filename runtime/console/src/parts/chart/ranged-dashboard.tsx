import type { DashboardView } from "@millrace/sdk/api"
import type { UseQueryResult } from "@tanstack/react-query"
import { Loaded } from "../loaded.tsx"
import { Dashboard } from "./dashboard.tsx"
import { RangeChoice } from "./range-choice.tsx"

/** How often charts are asked for anew. */
export const chartSeconds = 5

/** A generated dashboard, under the choice of how far back it looks and what else stands there. */
export const RangedDashboard = ({
  beside,
  choose,
  query,
  seconds
}: {
  readonly query: UseQueryResult<DashboardView, Error>
  readonly seconds: number
  readonly choose: (seconds: number) => void
  readonly beside?: React.ReactNode
}) => (
  <>
    <div className="row">
      <RangeChoice seconds={seconds} choose={choose} />
      {beside}
    </div>
    <Loaded query={query} what="the charts">
      {(loaded) => <Dashboard dashboard={loaded} />}
    </Loaded>
  </>
)
