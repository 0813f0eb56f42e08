import { queryNames } from "../../examples/auctions/settings.ts"
import { type AuctionCut, type AuctionOutcome, runAuctions } from "../examples/auctions/run-auctions.ts"
import type { ProofOptions, ProofResult } from "./main.ts"

export const name = "auctions"
export const describe =
  "Nexmark's queries against DuckDB's SQL, at 1 and 8 partitions, by batches of 1 and 5,000, with 0 and 30 kills -9"

/** Windows are shorter in proportion to the events, which are 20 and 400 ms of event time. */
const sizes = {
  1: { events: 2_000, eventsPerSecond: 100_000, size: 10, slide: 2, gap: 2 },
  5_000: { events: 40_000, eventsPerSecond: 100_000, size: 100, slide: 20, gap: 20 }
}

const cuts: readonly AuctionCut[] = ([1, 5_000] as const).flatMap((batch) =>
  [1, 8].flatMap((partitions) =>
    [0, 30].map((kills) => ({ settings: sizes[batch], names: queryNames, batch, partitions, kills }))
  )
)

/** Each cut once; `--seed N --count 1` does the Nth alone. */
export const run = async ({ seed, count = cuts.length }: ProofOptions): Promise<ProofResult> => {
  const notes: string[] = []
  let [passed, failed] = [0, 0]
  for (const [index, cut] of cuts.slice(seed - 1, seed - 1 + count).entries()) {
    const { batch, kills, partitions } = cut
    const title = `cut ${seed + index}: ${partitions} partitions, batches of ${batch}, ${kills} kills`
    const started = performance.now()
    const outcome = await runAuctions(cut)
    const faults = faultsOf(outcome)
    if (faults.length === 0 && outcome.kills >= kills) passed += 1
    else failed += 1
    notes.push(...faults.map((fault) => `${title}: ${fault}`))
    for (const fault of faults) process.stderr.write(`auctions: ${title}: ${fault}\n`)
    const records = outcome.runs.map((one) => `${one.name} ${one.records}`).join(", ")
    const seconds = ((performance.now() - started) / 1_000).toFixed(0)
    process.stderr.write(
      `auctions: ${title}: ${faults.length === 0 ? "same" : "DIFFERS"}, ${outcome.kills} kills, ${records} (${seconds} s)\n`
    )
  }
  return { passed, failed, notes }
}

const faultsOf = ({ runs }: AuctionOutcome): readonly string[] =>
  runs
    .filter(({ equal, expected }) => !equal || expected === 0)
    .map(({ expected, missing, name: query, records, surplus }) =>
      `${query}: ${records} records for ${expected}; missing ${missing[0]}, surplus ${surplus[0]}`.slice(
        0,
        800
      )
    )
