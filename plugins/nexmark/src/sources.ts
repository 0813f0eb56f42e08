import { defineSource } from "@millrace/sdk"
import { Config, Position } from "./config.ts"
import { Auction, Bid, Event, Person } from "./contracts.ts"
import type { NexmarkEvent } from "./core/generator.ts"
import { partitionNames, type Reading, readEvents } from "./reading.ts"

const shared = {
  config: Config,
  position: Position,
  bounded: { unless: "endless" },
  partitions: ({ config }: { readonly config: Config }) => partitionNames(config)
} as const

/** All events in one stream, as Nexmark's own sources give them. */
export const events = defineSource({
  ...shared,
  name: "events",
  description: "Persons, auctions and bids of the Nexmark benchmark in one stream.",
  output: Event,
  read: (position, context) => readEvents(position, context, wide)
})

/** The persons alone: the same as those among all events. */
export const persons = defineSource({
  ...shared,
  name: "persons",
  description: "Persons of the Nexmark benchmark.",
  output: Person,
  read: (position, context) => readEvents(position, context, onlyPersons)
})

/** The auctions alone. */
export const auctions = defineSource({
  ...shared,
  name: "auctions",
  description: "Auctions of the Nexmark benchmark.",
  output: Auction,
  read: (position, context) => readEvents(position, context, onlyAuctions)
})

/** The bids alone. */
export const bids = defineSource({
  ...shared,
  name: "bids",
  description: "Bids of the Nexmark benchmark.",
  output: Bid,
  read: (position, context) => readEvents(position, context, onlyBids)
})

const none = { person: null, auction: null, bid: null }

const wideOf = (event: NexmarkEvent): Event => {
  const { dateTime } = event.row
  if (event.is === "person") return { ...none, event_type: 0, person: event.row, dateTime }
  if (event.is === "auction") return { ...none, event_type: 1, auction: event.row, dateTime }
  return { ...none, event_type: 2, bid: event.row, dateTime }
}

const wide: Reading<Event> = { wants: () => true, valueOf: wideOf, bytes: 200 }
const onlyPersons: Reading<Person> = {
  wants: (kind) => kind === "person",
  valueOf: (event) => (event.is === "person" ? event.row : undefined),
  bytes: 210
}
const onlyAuctions: Reading<Auction> = {
  wants: (kind) => kind === "auction",
  valueOf: (event) => (event.is === "auction" ? event.row : undefined),
  bytes: 500
}
const onlyBids: Reading<Bid> = {
  wants: (kind) => kind === "bid",
  valueOf: (event) => (event.is === "bid" ? event.row : undefined),
  bytes: 180
}
