import { readFileSync } from "node:fs"
import { join } from "node:path"
import { PipelineStatus, PlanAnswer } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { compareQuery, givenOf } from "../../../examples/auctions/compare.ts"
import { canonicalLines } from "../../../examples/compare-lines.ts"
import { deriveExpected } from "../../../examples/auctions/expected/derive.ts"
import { writeEvents } from "../../../examples/auctions/prepare.ts"
import type { AuctionSettings, QueryName } from "../../../examples/auctions/settings.ts"
import { bundled, planRequest } from "../../input/pipelines.ts"
import { type Platform, root, temporaryFolder, until, up } from "../../input/program.ts"
import { clockFaults } from "./clock-counts.ts"
import { Killing } from "./killing.ts"

/** How a run of the example is cut. */
export interface AuctionCut {
  readonly settings: AuctionSettings
  readonly names: readonly QueryName[]
  /** Of the streams; there are as many source partitions, but four at most. */
  readonly partitions: number
  /** Events of a read at most. */
  readonly batch: number
  /** Of sandboxes and of the whole program, with SIGKILL, while the queries run. */
  readonly kills: number
  /** Of `up`; default: none. */
  readonly flags?: readonly string[]
  /** Whether q12 runs, too, which goes by the clock; wants q0 among {@link names}. Default: it does not. */
  readonly withClock?: boolean
}

export interface AuctionRun {
  readonly name: QueryName
  readonly records: number
  readonly expected: number
  readonly equal: boolean
  /** What it gave, in canonical form. */
  readonly given: string
  /** What differs, a few of each. */
  readonly missing: readonly string[]
  readonly surplus: readonly string[]
}

export interface AuctionOutcome {
  readonly runs: readonly AuctionRun[]
  readonly kills: number
  /** What is wrong with q12, where it was to run. */
  readonly clockFaults: readonly string[]
}

const folder = join(root, "examples/auctions")
const fileOf = (name: string): string => readFileSync(join(folder, `${name}.pipeline.yaml`), "utf8")
/** Folders of the plugins that the pipelines name. */
const pluginsOf = (names: readonly string[]): readonly string[] => {
  const named = names.flatMap((name) => [...fileOf(name).matchAll(/"@millrace\/([\w-]+)/g)])
  return [...new Set(named.map(([, plugin = ""]) => join(root, "plugins", plugin)))]
}
/** Events of a second where there are kills, so that these do not come too late: by the number of kills. */
const paceFor = (events: number, kills: number): number => (kills === 0 ? 0 : Math.ceil(events / kills))

/** Runs the example's sources and queries on a platform of their own to the end, and holds the results against DuckDB's. */
export const runAuctions = async (cut: AuctionCut): Promise<AuctionOutcome> => {
  const place = temporaryFolder()
  const data = join(place.path, "data")
  let platform: Platform | undefined
  try {
    const events = join(place.path, "events.ndjson")
    writeEvents(events, cut.settings)
    const expected = await deriveExpected(events, cut.settings, cut.names)
    const out = join(place.path, "out")
    platform = await up({ data, publish: pluginsOf(pipelinesOf(cut)), flags: cut.flags ?? [] })
    await applyAll(platform, cut, out)
    const killing = new Killing(platform, ["auctions", ...cut.names], data)
    platform = await killing.run(cut.kills)
    await ended(platform, cut)
    const runs = cut.names.map((name): AuctionRun => {
      const wanted = expected[name] ?? ""
      const compared = compareQuery(name, out, wanted)
      return {
        name,
        expected: wanted.split("\n").length - 1,
        ...compared,
        given: canonicalLines(givenOf(name, out))
      }
    })
    return { runs, kills: killing.kills, clockFaults: cut.withClock === true ? clockFaults(out) : [] }
  } finally {
    await platform?.stop()
    place.remove()
  }
}

const pipelinesOf = ({ names, withClock }: AuctionCut): readonly string[] => [
  "auctions",
  ...names,
  ...(withClock === true ? ["q12"] : [])
]

/** The sources wait until all queries are there. */
const applyAll = async (platform: Platform, cut: AuctionCut, out: string): Promise<void> => {
  const { batch, kills, names, partitions, settings, withClock } = cut
  const { events, eventsPerSecond } = settings
  const sources = Math.min(4, partitions)
  const pace = paceFor(events, kills)
  await apply(platform, "auctions", { events, eventsPerSecond, pace, sources, partitions, batch })
  if (kills > 0) await platform.send("POST", "/api/status/auctions/pause", {})
  for (const name of names) await apply(platform, name, { out, ...windowsOf(name, settings) })
  if (withClock === true) await apply(platform, "q12", { out, size: "1s" })
  if (kills > 0) await platform.send("POST", "/api/status/auctions/resume", {})
}

const windowsOf = (name: QueryName, { gap, size, slide }: AuctionSettings) => {
  if (name === "q5") return { size: `${size}ms`, slide: `${slide}ms` }
  if (name === "q11") return { gap: `${gap}ms` }
  return name === "q7" || name === "q8" ? { size: `${size}ms` } : {}
}

/** What `millrace apply FILE --grant --var …` sends. */
const apply = async (
  platform: Platform,
  name: string,
  variables: { readonly [variable: string]: string | number }
): Promise<void> => {
  const text = fileOf(name)
  const vars = Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, String(value)]))
  const paths = text.match(/\.\/processors\/[\w-]+\.ts/g) ?? []
  const modules: { [path: string]: { readonly bundle: string } } = {}
  for (const path of paths) modules[path] = await bundled(join(folder, path))
  const request = { ...planRequest(text, modules), base: folder, vars }
  const planned = Schema.decodeUnknownSync(PlanAnswer)(
    (await platform.send("POST", "/api/plan", request)).body
  )
  if (!("plan" in planned)) throw new Error(JSON.stringify(planned.problems))
  const { body, status } = await platform.send("POST", "/api/apply", {
    ...request,
    hash: planned.plan.hash,
    grant: true
  })
  if (status >= 300) throw new Error(JSON.stringify(body))
}

/** Longest time for a pipeline to end after the others, s. */
const patience = 600

const ended = async (platform: Platform, cut: AuctionCut): Promise<void> => {
  for (const name of pipelinesOf(cut))
    await until(
      async () => stateOf(await platform.get(`/api/status/${name}`)),
      (state) => state === "completed",
      patience
    )
}

const stateOf = ({ body }: { readonly body: unknown }): string => {
  const { state, tasks } = Schema.decodeUnknownSync(PipelineStatus)(body)
  const error = tasks.find((task) => task.error !== undefined)?.error
  if (state === "failed" || state === "degraded") throw new Error(`${state}: ${JSON.stringify(error)}`)
  return state
}
