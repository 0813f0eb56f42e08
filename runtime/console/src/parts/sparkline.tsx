import { historyLength } from "../live/live-store.ts"
import { useRates } from "../live/use-live.ts"
import { rateText } from "./format.ts"
import "./sparkline.css"

const height = 20

/** A line from the left to the newest value at the right edge; the scale begins at 0. */
const pathOf = (values: readonly number[]): string => {
  const most = Math.max(...values, 1e-9)
  return values
    .map((value, index) => {
      const x = historyLength - values.length + index
      return `${index === 0 ? "M" : "L"}${x} ${(height - 1 - (value / most) * (height - 2)).toFixed(1)}`
    })
    .join("")
}

/** The last two minutes of a pipeline (`movies`) or node (`movies/rated`), records a second. */
export const Sparkline = ({ of }: { readonly of: string }) => {
  const values = useRates(of) ?? []
  const most = values.length === 0 ? 0 : Math.max(...values)
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${historyLength - 1} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`records a second in the last two minutes, at most ${rateText(most)}`}
    >
      {most === 0 ? null : <path d={pathOf(values)} vectorEffect="non-scaling-stroke" />}
    </svg>
  )
}
