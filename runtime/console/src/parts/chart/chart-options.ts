import type { DashboardView } from "@millrace/sdk/api"
import type uPlot from "uplot"
import { unitText } from "../format.ts"

export type Panel = DashboardView["rows"][number]["panels"][number]

/** Height of a chart's drawing, in pixels. */
export const chartHeight = 150

/** Each line has a colour and a dash of its own: colour is not needed to tell them apart. */
const dashes: readonly (number[] | undefined)[] = [undefined, [6, 3], [2, 2], [8, 3, 2, 3], [12, 4], [3, 5]]
const colourCount = 6

/** Values of the custom properties that are drawn with; the canvas cannot follow them by itself. */
const colourOf = (element: Element, name: string): string =>
  getComputedStyle(element).getPropertyValue(name).trim()

/** What is drawn: values of stacked lines are sums with those below. */
export const chartData = (panel: Panel, times: readonly number[]): uPlot.AlignedData => {
  const lines = panel.series.map(({ values }) => [...values])
  if (panel.kind === "stacked")
    for (let line = 1; line < lines.length; line++)
      lines[line] = lines[line]?.map((value, index) => (value ?? 0) + (lines[line - 1]?.[index] ?? 0)) ?? []
  return [[...times], ...lines]
}

/** How a panel is drawn in an element. */
export const chartOptions = (panel: Panel, element: HTMLElement): uPlot.Options => {
  const { kind, series, unit } = panel
  const text = colourOf(element, "--dim")
  const grid = { stroke: colourOf(element, "--line"), width: 1 }
  const axis = { stroke: text, grid, ticks: { ...grid, size: 4 }, font: "11px system-ui" }
  return {
    width: Math.max(120, element.clientWidth),
    height: chartHeight,
    cursor: { sync: { key: "millrace" }, drag: { x: false, y: false } },
    legend: { live: true },
    scales: { y: { range: (_, least, most) => [Math.min(0, least ?? 0), most > 0 ? most * 1.08 : 1] } },
    axes: [
      { ...axis, size: 28, space: 70, values: (_, ticks) => ticks.map(timeText) },
      { ...axis, size: 64, space: 30, values: (_, ticks) => ticks.map((tick) => unitText(tick, unit)) }
    ],
    series: [
      { label: "time", value: (_, time) => (time === null ? "–" : timeText(time)) },
      ...series.map(({ legend }, index): uPlot.Series => {
        const colour = colourOf(element, `--series-${index % colourCount}`)
        const dash = dashes[index % dashes.length]
        return {
          label: legend,
          stroke: colour,
          width: 1.25,
          points: { show: false },
          ...(dash === undefined ? {} : { dash }),
          ...(kind === "stacked" ? { fill: `${colour}22` } : {}),
          value: (plot, value, _line, at) => valueText({ plot, panel, index, value, at })
        }
      })
    ]
  }
}

/** Without a cursor the legend tells the newest value. */
const valueText = (shown: {
  readonly plot: uPlot
  readonly panel: Panel
  readonly index: number
  readonly value: number | null
  readonly at: number | null
}): string => {
  const { at, index, panel } = shown
  const values = panel.series[index]?.values ?? []
  const value = at === null ? values.findLast((each) => each !== null) : values[at]
  return value === undefined || value === null ? "–" : unitText(value, panel.unit)
}

const timeText = (seconds: number): string => {
  const date = new Date(seconds * 1_000)
  const two = (part: number): string => String(part).padStart(2, "0")
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}
