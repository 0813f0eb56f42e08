import { startChromium } from "../browser/chromium.ts"
import { firstLoadBytes } from "../console/first-load.ts"
import { play } from "../console/recorded/play.ts"
import { readRecording } from "../console/recorded/recording.ts"
import { until } from "../input/program.ts"
import { traced } from "./console/trace.ts"
import { type BenchRow, machine } from "./row.ts"

// The console's costliest page, a pipeline of fifty processors, while a recorded stream moves it once a second for a
// minute: what its process takes of a core, its longest task, and what moved on the page without being asked to. By CPU
// time of the trace, which a busy machine makes worse, not better. `peer` is the budget.

const seconds = 60
/** Events before it is measured: the page is loaded, the graph drawn. */
const warmUp = 8

const budgets = {
  "share of a core, %": 10,
  "longest task, ms": 50,
  "layout shift": 0,
  "first load, KB compressed": 300
} as const

export const run = async (): Promise<readonly BenchRow[]> => {
  const playing = await play(readRecording())
  const browser = await startChromium()
  try {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
    await page.goto(`${playing.url}/pipelines/fifty`)
    await page.getByRole("group", { name: "processor b5s10" }).waitFor({ timeout: 60_000 })
    const sent = (count: number) =>
      until(
        () => playing.sent(),
        (now) => now >= count,
        2 * seconds
      )
    await sent(playing.sent() + warmUp)
    await page.evaluate(watchShifts)
    const { cpuMs, longestTaskMs } = await traced(page, async () => {
      await sent(playing.sent() + seconds)
    })
    const shift = Number(await page.evaluate("window.shifted"))
    const loaded = (await firstLoadBytes(playing.url)) / 1_000
    return [
      row("share of a core, %", (cpuMs / (seconds * 1_000)) * 100),
      row("longest task, ms", longestTaskMs),
      row("layout shift", shift),
      row("first load, KB compressed", loaded)
    ]
  } finally {
    await browser.close()
    await playing.close()
  }
}

/** Sums up what moves from now on. */
const watchShifts = `
  window.shifted = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shifted += entry.value
  }).observe({ type: "layout-shift" })
`

const row = (name: keyof typeof budgets, ours: number): BenchRow => {
  const peer = budgets[name]
  return {
    name: `console: ${name}`,
    ours,
    peer,
    ratio: peer === 0 ? (ours === 0 ? 0 : Number.POSITIVE_INFINITY) : ours / peer,
    unit: "as named",
    rounds: 1,
    verified: ours <= peer,
    machine: machine(),
    peerName: "budget"
  }
}
