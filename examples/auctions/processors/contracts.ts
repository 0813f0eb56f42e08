import { Avro, Contract, Schema } from "@millrace/sdk"

// What the processors beside this file read of @millrace/nexmark's streams, and give.

const bid = { bidder: Schema.Int, price: Schema.Int }

export class Bid extends Contract<Bid>()({
  subject: "nexmark.Bid",
  key: "auction",
  schema: Schema.Struct({
    auction: Schema.Int,
    ...bid,
    dateTime: Avro.TimestampMillis,
    extra: Schema.String
  })
}) {}

const auction = {
  id: Schema.Int,
  itemName: Schema.String,
  description: Schema.String,
  initialBid: Schema.Int,
  reserve: Schema.Int,
  dateTime: Avro.TimestampMillis,
  expires: Avro.TimestampMillis,
  seller: Schema.Int,
  category: Schema.Int,
  extra: Schema.String
}

export class Auction extends Contract<Auction>()({
  subject: "nexmark.Auction",
  key: "id",
  schema: Schema.Struct(auction)
}) {}

export class WinningBid extends Contract<WinningBid>()({
  subject: "nexmark.WinningBid",
  key: "id",
  schema: Schema.Struct({
    ...auction,
    auction: Schema.Int,
    ...bid,
    bid_dateTime: Avro.TimestampMillis,
    bid_extra: Schema.String
  })
}) {}

export class CategoryPrice extends Contract<CategoryPrice>()({
  subject: "nexmark.CategoryPrice",
  key: "category",
  schema: Schema.Struct({
    category: Schema.Int,
    auctions: Schema.Int.annotate({ description: "How many are over so far, of those with a bid" }),
    avg_price: Schema.Number
  })
}) {}

export class BidderCount extends Contract<BidderCount>()({
  subject: "nexmark.BidderCount",
  key: ["bidder", "starttime"],
  schema: Schema.Struct({
    bidder: Schema.Int,
    bid_count: Schema.Int,
    starttime: Avro.TimestampMillis,
    endtime: Avro.TimestampMillis
  })
}) {}
