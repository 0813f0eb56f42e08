import { anyRecord, counter, defineProcessor, field, timers } from "@millrace/sdk"
import { boundNames, Config } from "./config.ts"
import { contractOf } from "./contract.ts"
import { SessionWindows } from "./core/session-windows.ts"
import { fixedWindows } from "./core/fixed-windows.ts"
import type { Closed } from "./core/store.ts"
import { resultsOf } from "./core/aggregate.ts"
import { cellOf, type Gathering, gatheringOf } from "./gathering.ts"
import { windowState } from "./state.ts"
import { fixedWindow } from "./window-config.ts"

/** Aggregates records in windows of event time. */
export const window = defineProcessor({
  name: "window",
  description: "Aggregates records in windows of event time.",
  config: Config,
  outputs: { output: anyRecord, late: anyRecord },
  derive: (context) => contractOf(context),
  keyBy: field("keyBy"),
  uses: { ...windowState, closing: timers(), late_records: counter() },
  process: (row, context) => {
    const { closing, config, stamp, timestamp, watermark } = context
    const { gatherings, windows } = openedOf(config)
    const arrival = { time: timestamp, watermark, group: config.keyBy.map((name) => cellOf(row[name])) }
    const given = gatherings.map((one) => one.given(row, timestamp))
    const outcome = windows.add(arrival, given, context, closing)
    if (!outcome.late)
      return { output: outcome.closed.map((one) => stamp(rowOf(one, config), one.end - 1, watermark)) }
    context.late_records.add(1)
    return config.late === "output" ? { late: [row] } : {}
  },
  onTimer: (tag, context) => {
    const { closing, config, stamp, timestamp } = context
    const closed = openedOf(config).windows.fire(timestamp, tag, context, closing)
    return { output: closed.map((one) => stamp(rowOf(one, config), one.end - 1)) }
  }
})

interface Opened {
  readonly windows: ReturnType<typeof fixedWindows> | SessionWindows
  readonly gatherings: readonly Gathering[]
}

/** By config, of which an opened plugin has one. */
const opened = new WeakMap<Config, Opened>()

const openedOf = (config: Config): Opened => {
  const known = opened.get(config)
  if (known !== undefined) return known
  const gatherings = Object.entries(config.aggregates).map(([name, one]) => gatheringOf(name, one))
  const aggregates = gatherings.map(({ aggregate }) => aggregate)
  const policy = { lateness: config.lateness ?? 0, updates: config.emit === "updates" }
  const windows =
    "session" in config.window
      ? new SessionWindows(config.window.session, aggregates, policy)
      : fixedWindows(fixedWindow(config.window), aggregates, policy)
  const made = { windows, gatherings }
  opened.set(config, made)
  return made
}

const rowOf = (
  { end, gathered, group, start }: Closed,
  config: Config
): { readonly [field: string]: unknown } => {
  const { gatherings } = openedOf(config)
  const names = boundNames(config)
  const row: { [field: string]: unknown } = {}
  for (const [index, name] of config.keyBy.entries()) row[name] = group[index]
  row[names.start] = start
  row[names.end] = end
  const results = resultsOf(
    gatherings.map(({ aggregate }) => aggregate),
    gathered
  )
  for (const [index, { name, value }] of gatherings.entries()) row[name] = value(results[index] ?? null)
  return row
}
