import { Avro, Contract, Schema } from "@millrace/sdk"

const padding = Schema.String.annotate({ description: "Letters that bring the record to its size" })

export class Person extends Contract<Person>()({
  subject: "nexmark.Person",
  key: "id",
  schema: Schema.Struct({
    id: Schema.Int,
    name: Schema.String,
    emailAddress: Schema.String,
    creditCard: Schema.String.annotate({ "millrace.sensitive": true }),
    city: Schema.String,
    state: Schema.String,
    dateTime: Avro.TimestampMillis,
    extra: padding
  })
}) {}

export class Auction extends Contract<Auction>()({
  subject: "nexmark.Auction",
  key: "id",
  schema: Schema.Struct({
    id: Schema.Int,
    itemName: Schema.String,
    description: Schema.String,
    initialBid: Schema.Int.annotate({ description: "Cents" }),
    reserve: Schema.Int.annotate({ description: "Cents" }),
    dateTime: Avro.TimestampMillis,
    expires: Avro.TimestampMillis,
    seller: Schema.Int.annotate({ description: "A person's id" }),
    category: Schema.Int,
    extra: padding
  })
}) {}

export class Bid extends Contract<Bid>()({
  subject: "nexmark.Bid",
  key: "auction",
  schema: Schema.Struct({
    auction: Schema.Int.annotate({ description: "An auction's id" }),
    bidder: Schema.Int.annotate({ description: "A person's id" }),
    price: Schema.Int.annotate({ description: "Cents" }),
    channel: Schema.String,
    url: Schema.String,
    dateTime: Avro.TimestampMillis,
    extra: padding
  })
}) {}

/** One of the three, as Nexmark's own sources give them. */
export class Event extends Contract<Event>()({
  subject: "nexmark.Event",
  schema: Schema.Struct({
    event_type: Avro.Int32.annotate({ description: "0: a person, 1: an auction, 2: a bid" }),
    person: Schema.NullOr(Person),
    auction: Schema.NullOr(Auction),
    bid: Schema.NullOr(Bid),
    dateTime: Avro.TimestampMillis
  })
}) {}
