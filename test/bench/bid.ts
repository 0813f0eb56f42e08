import { parseAvroOrThrow } from "@millrace/sdk/avro"
import type { RecordType } from "@millrace/sdk/avro"

/** A bid of the Nexmark benchmark (github.com/nexmark/nexmark, BidGenerator.java), about 171 bytes as Avro. */
export interface Bid {
  readonly auction: number
  readonly bidder: number
  readonly price: number
  readonly channel: string
  readonly url: string
  /** Milliseconds since 1970. */
  readonly dateTime: number
  readonly extra: string
}

export const bidSchema = {
  type: "record",
  name: "Bid",
  namespace: "nexmark",
  fields: [
    { name: "auction", type: "long" },
    { name: "bidder", type: "long" },
    { name: "price", type: "long" },
    { name: "channel", type: "string" },
    { name: "url", type: "string" },
    { name: "dateTime", type: { type: "long", logicalType: "timestamp-millis" } },
    { name: "extra", type: "string" }
  ]
} as const

export const bidType = (): RecordType => {
  const type = parseAvroOrThrow(bidSchema)
  if (type.kind !== "record") throw new Error("a bid is a record")
  return type
}

/** As in Apache Beam's Nexmark: every event draws from numbers of its own, so that a bid depends on its id and the seed alone. */
export const bidOf = (id: number, seed = 1): Bid => {
  const draw = new Draw(id, seed)
  const epoch = Math.floor(id / 50)
  const lastPerson = epoch
  const lastAuction = epoch * 3 + Math.min(Math.max((id % 50) - 1, 0), 2)
  const auction = draw.below(2) === 0 ? Math.floor(lastAuction / 100) * 100 : nextAuction(draw, lastAuction)
  const bidder = draw.below(4) > 0 ? Math.floor(lastPerson / 100) * 100 + 1 : nextPerson(draw, lastPerson)
  const price = Math.round(10 ** (draw.unit() * 6) * 100)
  const { channel, url } = channelOf(draw)
  return {
    auction: firstId + auction,
    bidder: firstId + bidder,
    price,
    channel,
    url,
    dateTime: baseTime + Math.floor(id / 10),
    extra: draw.letters(54 + draw.below(28))
  }
}

/** The bid at a place, from 0, among the events that are neither persons nor auctions. */
export const nthBid = (place: number, seed = 1): Bid =>
  bidOf(Math.floor(place / 46) * 50 + 4 + (place % 46), seed)

/** The first `count` bids. */
export const bids = (count: number, seed = 1): readonly Bid[] =>
  Array.from({ length: count }, (_, index) => nthBid(index, seed))

const firstId = 1000
/** 2015-07-15T00:00:00Z. */
const baseTime = 1_436_918_400_000
const hotChannels = ["Google", "Facebook", "Baidu", "Apple"] as const

/** Each draw mixes event, seed and its own number (the finalizer of MurmurHash3). */
class Draw {
  private state: number

  constructor(id: number, seed: number) {
    this.state = (Math.imul(id, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b)) | 0
  }

  unit(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let mixed = this.state
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32
  }

  below(bound: number): number {
    return Math.floor(this.unit() * bound)
  }

  letters(length: number): string {
    let text = ""
    for (let i = 0; i < length; i++) text += String.fromCharCode(97 + this.below(26))
    return text
  }

  /** 3 to `most` characters, one in thirteen of them `special`. */
  word(most: number, special: string): string {
    let text = ""
    const length = 3 + this.below(most - 3)
    for (let i = 0; i < length; i++) text += this.below(13) === 0 ? special : this.letters(1)
    return text
  }
}

const nextAuction = (draw: Draw, last: number): number => {
  const low = Math.max(last - 100, 0)
  return low + draw.below(last - low + 1 + 10)
}

const nextPerson = (draw: Draw, last: number): number => {
  const people = last + 1
  const active = Math.min(people, 1000)
  return people - active + draw.below(active + 10)
}

const baseUrl = (draw: Draw): string =>
  `https://www.nexmark.com/${draw.word(5, "_")}/${draw.word(5, "_")}/${draw.word(5, "_")}/item.htm?query=1`

const channelOf = (draw: Draw): { readonly channel: string; readonly url: string } => {
  if (draw.below(2) === 0) {
    const hot = draw.below(hotChannels.length)
    return { channel: hotChannels[hot] ?? "Apple", url: baseUrl(new Draw(hot, 0)) }
  }
  const number = draw.below(10_000)
  const cached = new Draw(number, 1)
  const url = baseUrl(cached)
  return {
    channel: `channel-${number}`,
    url: cached.below(10) === 0 ? url : `${url}&channel_id=${Math.abs(reversed(number))}`
  }
}

/** The 32 bits in the opposite order, as Java's Integer.reverse. */
const reversed = (value: number): number => {
  let rest = value
  let result = 0
  for (let i = 0; i < 32; i++) {
    result = (result << 1) | (rest & 1)
    rest >>>= 1
  }
  return result
}
