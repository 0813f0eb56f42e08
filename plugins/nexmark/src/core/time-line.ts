import { proportion } from "./ids.ts"

export interface TimeLineOptions {
  readonly firstEventId: number
  readonly eventsPerSecond: number
  /** Event time of the first event, ms since 1970. */
  readonly start: number
  /** Events of so many in a row come in another order; 1: all are in order. */
  readonly outOfOrderGroup: number
}

/** A step that goes round a group in a whole turn; Nexmark's own, where that does. Both are primes. */
const stepIn = (group: number): number => (group % 953 === 0 ? 967 : 953)

/** The `place`-th of a partition among so many: blocks of 50 go round, so that each has all kinds in proportion. */
export const numberAt = (place: number, partition: number, partitions: number): number => {
  const block = Math.floor(place / proportion.all)
  return (block * partitions + partition) * proportion.all + (place % proportion.all)
}

/** What the generator makes of the numbers of events: ids and times. The numbers are in the order of arrival, from 0. */
export class TimeLine {
  private readonly options: TimeLineOptions
  private readonly delayMicros: number
  private readonly step: number

  constructor(options: TimeLineOptions) {
    this.options = options
    this.step = stepIn(options.outOfOrderGroup)
    this.delayMicros = 1_000_000 / options.eventsPerSecond
  }

  /** The number in the order of time: within a group numbers go round by steps. */
  adjusted(number: number): number {
    const { outOfOrderGroup: group } = this.options
    return group === 1 ? number : Math.floor(number / group) * group + ((number * this.step) % group)
  }

  idOf(adjusted: number): number {
    return this.options.firstEventId + adjusted
  }

  /** Event time of an adjusted number, whole ms. */
  timeOf(adjusted: number): number {
    return this.options.start + Math.floor((adjusted * this.delayMicros) / 1_000)
  }
}
