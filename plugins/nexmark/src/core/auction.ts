import type { Draw } from "./draw.ts"
import { firstId, hotOf, lastAuction, lastPerson, type Moment, somePerson } from "./ids.ts"
import { type Letters, priceOf, wordOf } from "./text.ts"

const averageSize = 500
/** So many of as many more auctions have a hot seller. */
const hotSellersRatio = 4
const firstCategory = 10
const categories = 5

/** An auction of the generator. */
export interface AuctionRow {
  readonly id: number
  readonly itemName: string
  readonly description: string
  readonly initialBid: number
  readonly reserve: number
  readonly dateTime: number
  readonly expires: number
  readonly seller: number
  readonly category: number
  readonly extra: string
}

/** `horizonMs`: how long it takes to have as many new auctions as are open at a time. */
export const auctionOf = (
  draw: Draw,
  letters: Letters,
  { dateTime, eventId }: Moment,
  horizonMs: number
): AuctionRow => {
  const isHot = draw.below(hotSellersRatio) > 0
  const seller = isHot ? hotOf(lastPerson(eventId)) : somePerson(draw, eventId)
  const category = firstCategory + draw.below(categories)
  const initialBid = priceOf(draw)
  const expires = dateTime + 1 + draw.below(Math.max(2 * horizonMs, 1))
  const itemName = wordOf(draw, 20)
  const description = wordOf(draw, 100)
  const reserve = initialBid + priceOf(draw)
  const size = 8 + itemName.length + description.length + 5 * 8
  return {
    id: lastAuction(eventId) + firstId,
    itemName,
    description,
    initialBid,
    reserve,
    dateTime,
    expires,
    seller: seller + firstId,
    category,
    extra: letters.padding(draw, size, averageSize)
  }
}
