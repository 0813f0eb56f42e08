/** How large a run of the example is. Durations in ms. */
export interface AuctionSettings {
  /** Persons, auctions and bids together. */
  readonly events: number
  /** Of event time. */
  readonly eventsPerSecond: number
  /** Length of the windows of q5, q7 and q8. */
  readonly size: number
  /** From one window of q5 to the next. */
  readonly slide: number
  /** A session of q11 is over after so long without a bid. */
  readonly gap: number
}

/** What the variables in the pipeline files say: Nexmark's windows. */
export const usualSettings: AuctionSettings = {
  events: 400_000,
  eventsPerSecond: 100_000,
  size: 10_000,
  slide: 2_000,
  gap: 10_000
}

/** The queries whose results follow from the events alone; q12 goes by the clock. */
export const queryNames = ["q0", "q1", "q2", "q3", "q4", "q5", "q7", "q8", "q9", "q11"] as const
export type QueryName = (typeof queryNames)[number]
