import { Avro, Contract, defineProcessor, defineSource, Schema } from "@millrace/sdk"
import { nthBid } from "../bid.ts"

export { mask } from "../../../plugins/mask/src/mask.ts"
export { rename } from "../../../plugins/rename/src/rename.ts"

class Bid extends Contract<Bid>()({
  subject: "nexmark.Bid",
  schema: Schema.Struct({
    auction: Schema.Int,
    bidder: Schema.Int,
    price: Schema.Int,
    channel: Schema.String,
    url: Schema.String,
    dateTime: Avro.TimestampMillis,
    extra: Schema.String
  })
}) {}

const sourceBatch = 1_500

/** The first so many bids. */
export const bids = defineSource({
  name: "bids",
  output: Bid,
  config: Schema.Struct({ count: Schema.Int }),
  position: Schema.Int,
  bounded: true,
  read: (position, { config }) => {
    const from = position ?? 0
    const to = Math.min(from + sourceBatch, config.count)
    const records = Array.from({ length: to - from }, (_, index) => {
      const value = nthBid(from + index)
      return { value, timestamp: value.dateTime }
    })
    return { records, position: to, next: to < config.count ? "more" : "end" }
  }
})

/** What is due is given ten times a second. */
const waitMs = 100

/** So many bids a second from a time on, without end; what was due meanwhile comes as fast as it is taken. */
export const pacedBids = defineSource({
  name: "paced-bids",
  output: Bid,
  config: Schema.Struct({ perSecond: Schema.Int, startAt: Schema.Int }),
  position: Schema.Int,
  read: (position, { config, now }) => {
    const from = position ?? 0
    const due = Math.floor(((now - config.startAt) * config.perSecond) / 1_000)
    const to = Math.max(from, Math.min(due, from + sourceBatch))
    const records = Array.from({ length: to - from }, (_, index) => {
      const value = nthBid(from + index)
      return { value, timestamp: value.dateTime }
    })
    return { records, position: to, next: to < due ? "more" : "idle", waitMs }
  }
})

/** The first so many bids of a stream that others go on with: it has no end. */
export const opening = defineSource({
  name: "opening",
  output: Bid,
  config: Schema.Struct({ count: Schema.Int }),
  position: Schema.Int,
  read: (position, { config }) => {
    const places = Array.from({ length: config.count - (position ?? 0) }, (_, place) => place)
    const records = places.map((place) => {
      const value = nthBid(place)
      return { value, timestamp: value.dateTime }
    })
    return { records, position: config.count, next: "idle", waitMs: 3_600_000 }
  }
})

/** One middle field of a record changed, all others passed as bytes. */
export const discount = defineProcessor({
  name: "discount",
  reads: { price: Schema.Int },
  updates: ["price"],
  map: ({ price }) => ({ price: Math.round(price * 0.908) })
})

export const expensive = defineProcessor({
  name: "expensive",
  reads: { price: Schema.Int },
  filter: ({ price }) => price > 10_000
})

/** A whole bid in, a whole bid out. */
export const repriced = defineProcessor({
  name: "repriced",
  input: Bid,
  output: Bid,
  map: ({ auction, bidder, channel, dateTime, extra, price, url }) => ({
    auction,
    bidder,
    price: Math.round(price * 0.908),
    channel,
    url,
    dateTime,
    extra
  })
})

/** A user's own function over two fields. */
export const scored = defineProcessor({
  name: "scored",
  reads: { price: Schema.Int, who: Schema.Int },
  adds: { score: Schema.Int },
  map: ({ price, who }) => ({ score: Math.round(Math.sqrt(price) * 10) + (who % 7) })
})

/** Without the long texts. */
export const slim = defineProcessor({
  name: "slim",
  reads: {},
  drops: ["url", "extra"],
  map: () => ({})
})
