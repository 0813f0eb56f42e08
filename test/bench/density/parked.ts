import { setTimeout as delay } from "node:timers/promises"
import { type Platform, until } from "../../input/program.ts"
import { type BenchRow, machine, median } from "../row.ts"
import { type Deployed, platformStatusOf, takenBy } from "./deployed.ts"
import { isPublisher, type Layout } from "./domains.ts"
import { tell } from "./live.ts"
import { footprintOf } from "./processes.ts"

const budgetMs = 300
/** Between two looks, each of which takes the platform a few ms. */
const pollMs = 15
/** Between two wakes, for what follows the first batch. */
const settleMs = 1_000
/** Longer than a process is kept that was asked nothing. */
const parkSeconds = 120

/**
 * Of processors that were live: waits until no domain of theirs has a process, and then gives one event to one processor of each,
 * one domain after the other. From the request that posts it until its output is committed. The domain that takes events in stays
 * awake: its sources are asked again and again whether there is something.
 */
export const runParked = async (
  { feed, platform }: Deployed,
  layout: Layout
): Promise<readonly BenchRow[]> => {
  const parked = await until(
    () => domainsAwake(platform),
    (count) => count === 0,
    parkSeconds
  )
  const { processes, residentBytes } = footprintOf(platform.pid)
  tell(`parked: ${processes} processes, ${(residentBytes / 2 ** 20).toFixed(0)} MiB resident`)
  const wakes: number[] = []
  for (let domain = 0; domain < layout.domains; domain++) {
    const processor = domain % layout.perDomain
    const before = await takenBy(platform, domain, processor)
    await delay(settleMs)
    const begun = performance.now()
    await feed(domain, [processor])
    while ((await takenBy(platform, domain, processor)) === before) await delay(pollMs)
    wakes.push(performance.now() - begun)
  }
  const sorted = wakes.toSorted((a, b) => a - b)
  tell(`wakes: ${sorted.map((ms) => ms.toFixed(0)).join(", ")} ms`)
  return [
    {
      name: `density: ${layout.domains} parked domains, from a posted event to its output`,
      ours: median(wakes),
      peer: budgetMs,
      peerName: "budget",
      ratio: median(wakes) / budgetMs,
      unit: "ms",
      rounds: wakes.length,
      verified: parked === 0 && (await domainsAwake(platform)) === layout.domains,
      machine: machine()
    }
  ]
}

/** Domains of the processors that have a process. */
const domainsAwake = async (platform: Platform): Promise<number> => {
  const { sandboxes } = await platformStatusOf(platform)
  return new Set(sandboxes.map(({ domain }) => domain).filter(isPublisher)).size
}
