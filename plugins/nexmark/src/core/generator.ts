import { type AuctionRow, auctionOf } from "./auction.ts"
import { type BidRow, bidOf } from "./bid.ts"
import { Channels } from "./channel.ts"
import { Draw } from "./draw.ts"
import { eventsInFlight, type Kind, kindOf } from "./ids.ts"
import { type PersonRow, personOf } from "./person.ts"
import { Letters } from "./text.ts"
import { TimeLine, type TimeLineOptions } from "./time-line.ts"

export interface GeneratorOptions extends TimeLineOptions {
  readonly seed: number
}

export type NexmarkEvent =
  | { readonly is: "person"; readonly row: PersonRow }
  | { readonly is: "auction"; readonly row: AuctionRow }
  | { readonly is: "bid"; readonly row: BidRow }

/**
 * The events of Nexmark (https://github.com/nexmark/nexmark, its generator as of 2025-12), each by its number alone: from
 * 0, in the order of arrival. Random numbers come from the seed and the event's id, as in Apache Beam's.
 */
export class Generator {
  private readonly timeLine: TimeLine
  private readonly seed: number
  private readonly channels: Channels
  private readonly letters: Letters
  private readonly draw = new Draw()

  constructor(options: GeneratorOptions) {
    this.timeLine = new TimeLine(options)
    this.seed = options.seed
    this.channels = new Channels(options.seed)
    this.letters = new Letters(options.seed)
  }

  kindAt(number: number): Kind {
    return kindOf(this.timeLine.idOf(this.timeLine.adjusted(number)))
  }

  eventAt(number: number): NexmarkEvent {
    const adjusted = this.timeLine.adjusted(number)
    const eventId = this.timeLine.idOf(adjusted)
    const moment = { eventId, dateTime: this.timeLine.timeOf(adjusted) }
    const { channels, letters } = this
    const draw = this.draw.begin(this.seed, eventId)
    const is = kindOf(eventId)
    if (is === "bid") return { is, row: bidOf(draw, letters, moment, channels) }
    if (is === "person") return { is, row: personOf(draw, letters, moment) }
    const horizonMs = this.timeLine.timeOf(adjusted + eventsInFlight) - moment.dateTime
    return { is, row: auctionOf(draw, letters, moment, horizonMs) }
  }
}
