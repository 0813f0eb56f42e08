import type { Channels } from "./channel.ts"
import type { Draw } from "./draw.ts"
import { firstId, hotOf, lastAuction, lastPerson, type Moment, someAuction, somePerson } from "./ids.ts"
import { type Letters, priceOf } from "./text.ts"

const averageSize = 100
const sizeWithoutPadding = 4 * 8
const hotAuctionRatio = 2
const hotBiddersRatio = 4

/** A bid of the generator. */
export interface BidRow {
  readonly auction: number
  readonly bidder: number
  readonly price: number
  readonly channel: string
  readonly url: string
  readonly dateTime: number
  readonly extra: string
}

export const bidOf = (
  draw: Draw,
  letters: Letters,
  { dateTime, eventId }: Moment,
  channels: Channels
): BidRow => {
  const isHotAuction = draw.below(hotAuctionRatio) > 0
  const auction = isHotAuction ? hotOf(lastAuction(eventId)) : someAuction(draw, eventId)
  const isHotBidder = draw.below(hotBiddersRatio) > 0
  const bidder = isHotBidder ? hotOf(lastPerson(eventId)) + 1 : somePerson(draw, eventId)
  const price = priceOf(draw)
  const { channel, url } = channels.some(draw)
  return {
    auction: auction + firstId,
    bidder: bidder + firstId,
    price,
    channel,
    url,
    dateTime,
    extra: letters.padding(draw, sizeWithoutPadding, averageSize)
  }
}
