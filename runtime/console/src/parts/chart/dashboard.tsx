import type { DashboardView } from "@millrace/sdk/api"
import { useMemo } from "react"
import { unitText } from "../format.ts"
import { Panel } from "../panel.tsx"
import { Chart } from "./chart.tsx"
import type { Panel as ChartPanel } from "./chart-options.ts"

/** Times of the steps, seconds since 1970, the oldest first. */
const timesOf = ({ end, stepSeconds, steps }: DashboardView): readonly number[] =>
  Array.from({ length: steps }, (_, step) => end / 1_000 - (steps - 1 - step) * stepSeconds)

const hasValues = ({ series }: ChartPanel): boolean =>
  series.some(({ values }) => values.some((value) => value !== null))

const ChartPanelView = ({
  panel,
  times
}: {
  readonly panel: ChartPanel
  readonly times: readonly number[]
}) => (
  <section className="chart-panel" aria-label={panel.title}>
    <h3>{panel.title}</h3>
    <p>{panel.help}</p>
    {!hasValues(panel) ? (
      <p className="dim">Nothing was measured in this time.</p>
    ) : panel.kind === "number" ? (
      panel.series.map(({ legend, values }) => (
        <div key={legend} className="chart-number">
          {unitText(values.findLast((value) => value !== null) ?? 0, panel.unit)}
        </div>
      ))
    ) : (
      <Chart panel={panel} times={times} />
    )}
  </section>
)

/** A generated dashboard. */
export const Dashboard = ({ dashboard }: { readonly dashboard: DashboardView }) => {
  const times = useMemo(() => timesOf(dashboard), [dashboard])
  return dashboard.rows.map(({ panels, title }) => (
    <Panel key={title} title={title} isFlush>
      <div className="charts">
        {panels.map((panel) => (
          <ChartPanelView key={panel.id} panel={panel} times={times} />
        ))}
      </div>
    </Panel>
  ))
}
