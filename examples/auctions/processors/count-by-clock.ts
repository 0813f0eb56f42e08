import { defineProcessor, Duration, mapState, Schema, timers } from "@millrace/sdk"
import { Bid, BidderCount } from "./contracts.ts"

/** Bids of a bidder in windows of the worker's clock: a record counts when it is read. */
export const countByClock = defineProcessor({
  name: "count-by-clock",
  input: Bid,
  output: BidderCount,
  keyBy: "bidder",
  config: Schema.Struct({ every: Duration({ description: "Length of a window" }) }),
  uses: { counts: mapState(Schema.Int, Schema.Int), closing: timers({ clock: "processing" }) },
  process: ({ bidder }, { closing, config, counts, now }) => {
    const start = Math.floor(now / config.every) * config.every
    counts.set(start, (counts.get(start) ?? 0) + 1)
    closing.at(start + config.every, String(bidder))
    return []
  },
  onTimer: (tag, { config, counts, timestamp }) => {
    const starttime = timestamp - config.every
    const bid_count = counts.get(starttime) ?? 0
    counts.delete(starttime)
    return [BidderCount.make({ bidder: Number(tag), bid_count, starttime, endtime: timestamp })]
  }
})
