import "./plain-language.ts"
import { useEffect, useRef } from "react"
import Plot from "uplot"
import { useShownTheme } from "../../shell/theme.ts"
import { chartData, chartOptions, type Panel } from "./chart-options.ts"
import "uplot/dist/uPlot.min.css"
import "./chart.css"

/** Lines over time. The canvas is made anew when lines come or go or the theme changes, else only fed. */
export const Chart = ({ panel, times }: { readonly panel: Panel; readonly times: readonly number[] }) => {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot>(undefined)
  const latest = useRef(panel)
  latest.current = panel
  const theme = useShownTheme()
  const lines = panel.series.map(({ legend }) => legend).join("\n")
  useEffect(() => {
    const element = place.current
    if (element === null) return undefined
    const made = new Plot(chartOptions(latest.current, element), [[]], element)
    plot.current = made
    const resized = new ResizeObserver(() =>
      made.setSize({ width: Math.max(120, element.clientWidth), height: made.height })
    )
    resized.observe(element)
    return () => {
      resized.disconnect()
      made.destroy()
    }
  }, [theme, lines, panel.kind, panel.unit])
  useEffect(() => plot.current?.setData(chartData(panel, times)), [panel, times, theme, lines])
  return <div ref={place} className="chart" />
}
