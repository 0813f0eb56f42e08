import type { Page } from "playwright-core"

/** An event of Chromium's trace format. */
interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** CPU time of a complete event, µs. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/** What a page's own process did while it was traced. */
export interface PageWork {
  /** CPU time of the tasks of all its threads, ms. */
  readonly cpuMs: number
  /** CPU time of the longest task of its main thread, ms. */
  readonly longestTaskMs: number
}

const categories = ["toplevel", "__metadata"]
const mainThread = "CrRendererMain"
/** The outermost event of a task: on threads of their own, and on those of the pool. */
const taskNames: ReadonlySet<string> = new Set(["ThreadControllerImpl::RunTask", "ThreadPool_RunTask"])

/** Traces the one page of a browser while something goes on. */
export const traced = async (page: Page, during: () => Promise<void>): Promise<PageWork> => {
  const browser = page.context().browser()
  if (browser === null) throw new Error("the page belongs to no browser that could be traced")
  const session = await browser.newBrowserCDPSession()
  const events: TraceEvent[] = []
  session.on("Tracing.dataCollected", ({ value }) => {
    const part: readonly TraceEvent[] = JSON.parse(JSON.stringify(value))
    events.push(...part)
  })
  const complete = new Promise<void>((done) => session.once("Tracing.tracingComplete", () => done()))
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: categories, recordMode: "recordContinuously" }
  })
  await during()
  await session.send("Tracing.end")
  await complete
  return busiestPage(events)
}

/** Of the processes that show pages: the browser keeps spare ones that do nothing. */
const busiestPage = (events: readonly TraceEvent[]): PageWork => {
  const mains = events.filter(({ args, name }) => name === "thread_name" && args?.name === mainThread)
  const [busiest] = mains
    .map(({ pid, tid }) => workOf(events, pid, tid))
    .toSorted((one, other) => other.cpuMs - one.cpuMs)
  if (busiest === undefined || busiest.cpuMs === 0)
    throw new Error("the trace tells of no page that did anything")
  return busiest
}

const workOf = (events: readonly TraceEvent[], pid: number, main: number): PageWork => {
  const tasks = events.filter((event) => event.pid === pid && event.ph === "X" && taskNames.has(event.name))
  const sum = tasks.reduce((micros, { tdur = 0 }) => micros + tdur, 0)
  const longest = tasks
    .filter(({ tid }) => tid === main)
    .reduce((most, { tdur = 0 }) => Math.max(most, tdur), 0)
  return { cpuMs: sum / 1_000, longestTaskMs: longest / 1_000 }
}
