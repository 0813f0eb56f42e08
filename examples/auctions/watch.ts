import * as Schema from "effect/Schema"
import type { Watched } from "../example.ts"
import { Follower } from "../follower.ts"

const pollMs = 500

const decodePrice = Schema.decodeUnknownSync(
  Schema.Struct({ category: Schema.Number, auctions: Schema.Number, avg_price: Schema.Number })
)
const decodeHot = Schema.decodeUnknownSync(
  Schema.Struct({ auction: Schema.Number, num: Schema.Number, endtime: Schema.Number })
)
const decodeHighest = Schema.decodeUnknownSync(
  Schema.Struct({ auction: Schema.Number, price: Schema.Number, bidder: Schema.Number })
)

/** Shows the prices of the categories as auctions end, and hot items and highest bids as windows do. */
export const watchAuctions = async (platform: Watched): Promise<() => Promise<void>> => {
  const prices = await Follower.fromNow(platform.url, "nexmark.category-prices")
  const hot = await Follower.fromNow(platform.url, "nexmark.hot-items")
  const highest = await Follower.fromNow(platform.url, "nexmark.highest-bids")
  return () => show({ prices, hot, highest }, platform)
}

interface Followed {
  readonly prices: Follower
  readonly hot: Follower
  readonly highest: Follower
}

const show = async ({ highest, hot, prices }: Followed, { hasEnded, say }: Watched): Promise<void> => {
  const newest = new Map<number, string>()
  for (let isLast = false; !isLast;) {
    // Asked before the topics are read: what is there when the pipelines have ended is read once more.
    isLast = hasEnded()
    const given = (await prices.more()).map((value) => decodePrice(value))
    for (const { auctions, avg_price: mean, category } of given)
      newest.set(category, `${category}: ${cents(mean)} (${auctions})`)
    if (given.length > 0)
      say(`mean price by category (auctions): ${[...newest.values()].toSorted().join("  ")}`)
    for (const { auction, endtime, num } of (await hot.more()).map((value) => decodeHot(value)))
      say(`hot item until ${timeText(endtime)}: auction ${auction} with ${num} bids`)
    for (const { auction, bidder, price } of (await highest.more()).map((value) => decodeHighest(value)))
      say(`highest bid: ${cents(price)} of ${bidder} for auction ${auction}`)
    if (!isLast) await new Promise((done) => setTimeout(done, pollMs))
  }
}

const cents = (amount: number): string => (amount / 100).toFixed(2)
const timeText = (time: number): string => new Date(time).toISOString().slice(11, 19)
