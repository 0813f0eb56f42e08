import { type Context, defineProcessor, mapState, Schema, timers, valueState } from "@millrace/sdk"
import { Auction, Bid, WinningBid } from "./contracts.ts"

const uses = {
  /** Until it is over. */
  auction: valueState(Auction),
  best: valueState(Bid),
  /** Bids that came before their auction, by their time; streams do not wait for each other. */
  waiting: mapState(Schema.Int, Schema.Array(Bid)),
  wake: timers()
}

/**
 * The highest bid of each auction, once that is over; of several the first. What is late by its own source's watermark does
 * not count, so that the outcome does not depend on which stream was read first.
 */
export const winningBids = defineProcessor({
  name: "winning-bids",
  inputs: { auctions: Auction, bids: Bid },
  output: WinningBid,
  keyBy: { auctions: "id", bids: "auction" },
  uses,
  process: {
    auctions: (auction, context) => {
      if (isLate(context)) return []
      context.auction.set(auction)
      for (const [, bids] of context.waiting.entries()) for (const bid of bids) offer(auction, bid, context)
      context.wake.at(auction.expires + 1, "over")
      return []
    },
    bids: (bid, context) => {
      if (isLate(context)) return []
      const auction = context.auction.get()
      if (auction === undefined) wait(bid, context)
      else offer(auction, bid, context)
      return []
    }
  },
  onTimer: (tag, context) => {
    if (tag === "over") return close(context)
    // Its auction would have been there by now.
    context.waiting.delete(context.timestamp - 1)
    return []
  }
})

type AuctionContext = Context<{}, typeof uses>

const isLate = ({ timestamp, watermark }: AuctionContext): boolean => timestamp < watermark

const wait = (bid: Bid, { waiting, wake }: AuctionContext): void => {
  waiting.set(bid.dateTime, [...(waiting.get(bid.dateTime) ?? []), bid])
  wake.at(bid.dateTime + 1, "waited")
}

const offer = (auction: Auction, bid: Bid, { best }: AuctionContext): void => {
  if (bid.dateTime < auction.dateTime || bid.dateTime > auction.expires) return
  const known = best.get()
  if (known === undefined || isBetter(bid, known)) best.set(bid)
}

/** Bids of one price and moment are told apart by what else they say, for they come in any order. */
const isBetter = (one: Bid, other: Bid): boolean => {
  if (one.price !== other.price) return one.price > other.price
  if (one.dateTime !== other.dateTime) return one.dateTime < other.dateTime
  return one.bidder === other.bidder ? one.extra < other.extra : one.bidder < other.bidder
}

const close = ({ auction, best, stamp, timestamp }: AuctionContext): readonly WinningBid[] => {
  const [sold, won] = [auction.get(), best.get()]
  auction.delete()
  best.delete()
  if (sold === undefined || won === undefined) return []
  const { auction: id, bidder, dateTime, extra, price } = won
  const winning = { ...sold, auction: id, bidder, price, bid_dateTime: dateTime, bid_extra: extra }
  return [stamp(WinningBid.make(winning), timestamp - 1, timestamp)]
}
