import type { Draw } from "./draw.ts"

/** Of 50 events in a row by their ids, the first is a person, three are auctions, and 46 bids. */
export const proportion = { persons: 1, auctions: 3, bids: 46, all: 50 } as const

export type Kind = "person" | "auction" | "bid"

/** When an event is, and which. */
export interface Moment {
  readonly eventId: number
  /** Event time, ms since 1970. */
  readonly dateTime: number
}

export const kindOf = (eventId: number): Kind => {
  const rest = eventId % proportion.all
  return rest < proportion.persons
    ? "person"
    : rest < proportion.persons + proportion.auctions
      ? "auction"
      : "bid"
}

/** Ids of persons and auctions begin here; all below are from 0. */
export const firstId = 1_000

const activePersons = 1_000
const inFlightAuctions = 100
/** Ids may be used before there are records of them. */
const lead = 10
/** One of so many is hot. */
const hotEvery = 100

/** The newest person at an event, itself included, from 0. */
export const lastPerson = (eventId: number): number => Math.floor(eventId / proportion.all)

/** The newest auction at an event, itself included, from 0; -1 before the first. */
export const lastAuction = (eventId: number): number => {
  const block = Math.floor(eventId / proportion.all) * proportion.auctions
  const rest = eventId % proportion.all
  if (rest < proportion.persons) return block - 1
  return block + Math.min(rest - proportion.persons, proportion.auctions - 1)
}

/** One of the persons who are active at an event, or of the next ones. */
export const somePerson = (draw: Draw, eventId: number): number => {
  const persons = lastPerson(eventId) + 1
  const active = Math.min(persons, activePersons)
  return persons - active + draw.below(active + lead)
}

/** One of the auctions that are open at an event, or of the next ones. */
export const someAuction = (draw: Draw, eventId: number): number => {
  const last = lastAuction(eventId)
  const oldest = Math.max(last - inFlightAuctions, 0)
  return oldest + draw.below(last - oldest + 1 + lead)
}

/** The person or auction that is hot while `last` is the newest. */
export const hotOf = (last: number): number => Math.max(0, Math.floor(last / hotEvery) * hotEvery)

/** How many events it takes to have as many auctions as are open at a time. */
export const eventsInFlight = Math.floor((inFlightAuctions * proportion.all) / proportion.auctions)
