import { attained, shown, type Target, verdictOf, type Verdict } from "../../bench/targets.ts"
import type { SavedRow } from "../../bench/saved-results.ts"

/** A target with what was measured of it. */
export interface Entry {
  readonly target: Target
  readonly row: SavedRow | undefined
}

const nameWidth = 150
const plotWidth = 440
const rightWidth = 170
const rowHeight = 30
const barHeight = 14
const top = 34
/** Where the axis ends, by the goal: what is beyond is cut, and its figure says how far it is. */
const axisEnd = 1.5

// Of both schemes enough against what is behind: the page's background is not ours.
const style = `
    text { font: 12px system-ui, sans-serif; fill: #1f2328 }
    .quiet { fill: #59636e }
    .axis { stroke: #d1d9e0 }
    .track { fill: #eff2f5 }
    .goal { stroke: #1a7f37; stroke-width: 2 }
    .bound { stroke: #59636e; stroke-width: 2; stroke-dasharray: 3 2 }
    .met { fill: #2da44e }
    .enough { fill: #bf8700 }
    .short { fill: #cf222e }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc }
      .quiet { fill: #9198a1 }
      .axis { stroke: #3d444d }
      .track { fill: #262c36 }
      .goal { stroke: #3fb950 }
      .bound { stroke: #9198a1 }
    }`

const fills: { readonly [verdict in Verdict]: string } = {
  "goal met": "met",
  "bound met": "enough",
  short: "short"
}

/**
 * A chart as SVG text: a bar for each target, as long as the goal is met; the full line at 1 is the goal, the broken one the bound.
 * The same entries give the same text.
 */
export const chart = (title: string, entries: readonly Entry[]): string => {
  const width = nameWidth + plotWidth + rightWidth
  const height = top + entries.length * rowHeight + 26
  const goalAt = xOf(1)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
  <style>${style}
  </style>
  <text x="0" y="16" font-weight="600">${escaped(title)}</text>
${entries.map(rowText).join("\n")}
  <line class="goal" x1="${goalAt}" y1="${top - 6}" x2="${goalAt}" y2="${height - 22}"/>
  <text class="quiet" x="${goalAt}" y="${height - 6}" text-anchor="middle">goal</text>
  <line class="axis" x1="${nameWidth}" y1="${top - 6}" x2="${nameWidth}" y2="${height - 22}"/>
</svg>`
}

const xOf = (part: number): number => Math.round(nameWidth + (plotWidth * Math.min(part, axisEnd)) / axisEnd)

const rowText = ({ row, target }: Entry, index: number): string => {
  const y = top + index * rowHeight
  const middle = y + 11
  const boundAt = xOf(attained(target, target.bound))
  const figure = row === undefined ? undefined : shown(target, row)
  const bar =
    figure === undefined
      ? ""
      : `\n  <rect class="${fills[verdictOf(target, figure)]}" x="${nameWidth}" y="${y}" width="${Math.max(1, xOf(attained(target, figure)) - nameWidth)}" height="${barHeight}"/>`
  const told =
    figure === undefined
      ? "not measured yet"
      : `${figureText(target, figure)} (bound ${figureText(target, target.bound)})`
  return `  <text x="${nameWidth - 10}" y="${middle}" text-anchor="end">${escaped(target.name)}</text>
  <rect class="track" x="${nameWidth}" y="${y}" width="${plotWidth}" height="${barHeight}"/>${bar}
  <line class="bound" x1="${boundAt}" y1="${y - 3}" x2="${boundAt}" y2="${y + barHeight + 3}"/>
  <text${figure === undefined ? ' class="quiet"' : ""} x="${nameWidth + plotWidth + 10}" y="${middle}">${escaped(told)}</text>`
}

/** A ratio as `0.42x`, a value with its unit. */
export const figureText = ({ measure, unit }: Target, figure: number): string => {
  const digits = Math.abs(figure) >= 100 ? 0 : Math.abs(figure) >= 0.1 ? 2 : 4
  const text = String(Number(figure.toFixed(digits)))
  return measure === "ratio" ? `${text}x` : `${text} ${unit}`
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")
