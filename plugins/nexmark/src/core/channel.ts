import { Draw } from "./draw.ts"
import { wordOf } from "./text.ts"

/** Where a bid comes from. */
export interface Channel {
  readonly channel: string
  readonly url: string
}

const hotNames = ["Google", "Facebook", "Baidu", "Apple"] as const
const others = 10_000
/** No event has an id so high, so that none draws what channels do. */
const outOfEvents = 2 ** 52

/** The channels of a seed. Each keeps its address; one is made when it is first asked for. */
export class Channels {
  private readonly known: (Channel | undefined)[]
  private readonly own = new Draw()
  private readonly seed: number

  constructor(seed: number) {
    this.seed = seed
    this.known = Array.from({ length: hotNames.length + others }, () => undefined)
  }

  /** Half of the bids come from one of four channels, the others from one of 10,000. */
  some(draw: Draw): Channel {
    return this.at(draw.below(2) === 0 ? draw.below(hotNames.length) : hotNames.length + draw.below(others))
  }

  private at(number: number): Channel {
    const known = this.known[number]
    if (known !== undefined) return known
    const made = channelOf(this.own.begin(this.seed, outOfEvents + number), number)
    this.known[number] = made
    return made
  }
}

const channelOf = (draw: Draw, number: number): Channel => {
  const path = `${wordOf(draw, 5, "_")}/${wordOf(draw, 5, "_")}/${wordOf(draw, 5, "_")}`
  const url = `https://www.nexmark.com/${path}/item.htm?query=1`
  const hot = hotNames[number]
  if (hot !== undefined) return { channel: hot, url }
  const own = number - hotNames.length
  const isNamed = draw.below(10) > 0
  return { channel: `channel-${own}`, url: isNamed ? `${url}&channel_id=${Math.abs(reversed(own))}` : url }
}

/** The 32 bits in the opposite order, as Java's Integer.reverse. */
const reversed = (value: number): number => {
  let result = 0
  for (let bit = 0; bit < 32; bit++) result = (result << 1) | ((value >>> bit) & 1)
  return result
}
