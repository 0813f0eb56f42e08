import { setTimeout as delay } from "node:timers/promises"
import { type BenchRow, machine } from "../row.ts"
import { applied, applyFeeds, type Deployed, platformStatusOf, untilAllGave } from "./deployed.ts"
import { inputOf, type Layout, processorPipeline } from "./domains.ts"
import { type Footprint, footprintOf, loadOf } from "./processes.ts"

/** Budgets of one processor that is live. */
const residentMB = 2
const shareOfCore = 0.01

/** A processor is live that was called within so many seconds: after these its domain's process is ended. */
const seconds = 50

/** Sandbox processes that were asked nothing give memory back after ten seconds. */
const untilRestedMs = 15_000

/** What all of it takes before a processor is deployed, and then with every one of them called a moment ago. */
export const runLive = async (deployed: Deployed, layout: Layout): Promise<readonly BenchRow[]> => {
  const { feed, platform } = deployed
  await applyFeeds(platform, layout)
  await eachDomain(layout, (domain) => feed(domain, [nobody]))
  const none = await measured(deployed, layout, [nobody])
  const begun = performance.now()
  const applies: number[] = []
  for (let domain = 0; domain < layout.domains; domain++)
    for (let processor = 0; processor < layout.perDomain; processor++)
      applies.push(await applied(platform, processorPipeline(domain, processor, inputOf(domain, processor))))
  tell(
    `deployed in ${((performance.now() - begun) / 1_000).toFixed(0)} s, the last in ${applies.at(-1)?.toFixed(2)} s`
  )
  const everyone = Array.from({ length: layout.perDomain }, (_, processor) => processor)
  await eachDomain(layout, (domain) => feed(domain, everyone))
  await untilAllGave(platform, layout, 1)
  const live = await measured(deployed, layout, everyone)
  await untilAllGave(platform, layout, 2)
  const isLive = (await platformStatusOf(platform)).sandboxes.length >= layout.domains
  return rowsOf(layout, none, live, isLive)
}

/** An address that no route has. */
const nobody = -1

interface Measured extends Footprint {
  /** Of one core: of everything, and of the platform's process alone. */
  readonly load: { readonly all: number; readonly own: number }
}

/** Each domain's processors are called once while it is measured, one domain after the other. */
const measured = async (
  { feed, platform }: Deployed,
  layout: Layout,
  processors: readonly number[]
): Promise<Measured> => {
  await delay(untilRestedMs)
  const footprint = footprintOf(platform.pid)
  const loading = loadOf(platform.pid, seconds)
  await eachDomain(layout, async (domain) => {
    await feed(domain, processors)
    await delay((seconds * 1_000 * 0.9) / layout.domains)
  })
  const load = await loading
  const { ownBytes, processes, proportionalBytes, residentBytes } = footprint
  tell(
    `${processes} processes, resident ${mib(residentBytes)} MiB (shared pages once: ${mib(proportionalBytes)}), of it the platform ${mib(ownBytes)}; ${(load.all * 100).toFixed(1)} % of a core, the platform ${(load.own * 100).toFixed(1)} %`
  )
  return { ...footprint, load }
}

const eachDomain = async ({ domains }: Layout, work: (domain: number) => Promise<void>): Promise<void> => {
  for (let domain = 0; domain < domains; domain++) await work(domain)
}

const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0)

/** What rows have no room for. */
export const tell = (text: string): void => {
  process.stderr.write(`  ${text}\n`)
}

const rowsOf = (
  { domains, perDomain }: Layout,
  none: Measured,
  live: Measured,
  verified: boolean
): readonly BenchRow[] => {
  const count = domains * perDomain
  const row = (name: string, unit: string, ours: number, peer: number): BenchRow => ({
    name: `density: ${count.toLocaleString("en")} live processors, ${name}`,
    ours,
    peer,
    peerName: "budget",
    ratio: ours / peer,
    unit,
    rounds: 1,
    verified,
    machine: machine()
  })
  const perProcessor = (of: (measured: Measured) => number) => (of(live) - of(none)) / count
  return [
    row("resident each", "MB", perProcessor(({ residentBytes }) => residentBytes) / 1e6, residentMB),
    row(
      "resident each, shared pages once",
      "MB",
      perProcessor(({ proportionalBytes }) => proportionalBytes) / 1e6,
      residentMB
    ),
    row("CPU each", "% of a core", perProcessor(({ load }) => load.all) * 100, shareOfCore)
  ]
}
