import { join } from "node:path"
import { readParts } from "../../../examples/compare-lines.ts"

interface Bid {
  readonly bidder: number
  readonly bid_count?: number
}

/** Bids by bidder, of lines that each are one bid, or count some. */
const bidsOf = (text: string): ReadonlyMap<number, number> => {
  const bids = new Map<number, number>()
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const { bid_count = 1, bidder }: Bid = JSON.parse(line)
    bids.set(bidder, (bids.get(bidder) ?? 0) + bid_count)
  }
  return bids
}

/**
 * What is wrong with q12 below a folder of outputs. When its windows end goes by the clock; but every bid is in one of them, as every
 * bid is in q0's output.
 */
export const clockFaults = (out: string): readonly string[] => {
  const counted = bidsOf(readParts(join(out, "q12")))
  const given = bidsOf(readParts(join(out, "q0")))
  const bidders = [...new Set([...counted.keys(), ...given.keys()])]
  const wrong = bidders.filter((bidder) => counted.get(bidder) !== given.get(bidder))
  return wrong
    .slice(0, 3)
    .map((bidder) => `q12: ${counted.get(bidder) ?? 0} bids of ${bidder}, of ${given.get(bidder) ?? 0}`)
}
