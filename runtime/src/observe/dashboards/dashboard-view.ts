import type { DashboardView, PanelView } from "@millrace/sdk/api"
import type { History } from "../../telemetry/history/history.ts"
import { evaluateRange, type Grid } from "../../telemetry/query/evaluate.ts"
import { withWindow } from "../../telemetry/query/query-labels.ts"
import type { Labels } from "../../telemetry/metric/definition.ts"
import type { DashboardModel, PanelLine, PanelModel } from "./model/panel.ts"

export interface ViewOptions {
  /** Time of the last step, ms since 1970. */
  readonly end: number
  /** How far back. */
  readonly seconds: number
}

/** Most steps that a chart has: more than it has pixels for helps nobody. */
const maxSteps = 180
/** Samples that a rate is taken over at least, so that one that is missed leaves no hole. */
const samplesInWindow = 4

/** A dashboard with its numbers, over what the history holds. */
export const dashboardView = (
  model: DashboardModel,
  history: History,
  { end, seconds }: ViewOptions
): DashboardView => {
  const { intervalMs } = history.options
  const samples = Math.max(1, Math.ceil((seconds * 1_000) / intervalMs))
  const stepMs = intervalMs * Math.ceil(samples / maxSteps)
  const steps = Math.max(1, Math.floor((seconds * 1_000) / stepMs))
  // A whole number of steps, so that a chart does not wander while it is looked at.
  const grid = { end: Math.floor(end / stepMs) * stepMs, stepMs, steps }
  return {
    title: model.title,
    end: grid.end,
    stepSeconds: stepMs / 1_000,
    steps,
    rows: model.rows.map(({ panels, title }) => ({
      title,
      panels: panels.map((panel) => panelView(panel, history, grid))
    }))
  }
}

const panelView = ({ lines, ...panel }: PanelModel, history: History, grid: Grid): PanelView => ({
  ...panel,
  series: lines.flatMap((line) => seriesOf(line, history, grid))
})

const seriesOf = ({ legend, query }: PanelLine, history: History, grid: Grid): PanelView["series"] => {
  const seconds = Math.max(grid.stepMs, samplesInWindow * history.options.intervalMs) / 1_000
  return evaluateRange(withWindow(query, seconds), history, grid).map(({ labels, values }) => ({
    legend: filledIn(legend, labels),
    labels,
    values: Array.from(values, (value) => (Number.isFinite(value) ? value : null))
  }))
}

/** `{label}` stands for the label's value. */
const filledIn = (legend: string, labels: Labels): string =>
  legend.replaceAll(/\{(\w+)\}/g, (_, name: string) => labels[name] ?? "")
