import { Draw } from "./draw.ts"

const letters = "abcdefghijklmnopqrstuvwxyz"

/** Of a piece. */
const pieceLength = 8
const pieceCount = 8_192
/** No event has an id so high, so that none draws what pieces do. */
const outOfEvents = 2 ** 52

/**
 * Random letters, put together of pieces of eight that the seed gives: letter by letter it would cost more than all the rest
 * of an event. A draw gives two of 8,192 pieces, which are so many that few repeat within what a compressor looks back on.
 */
export class Letters {
  /** Each is made when it is first drawn; "" before that. */
  private readonly pieces: string[] = Array.from({ length: pieceCount }, () => "")
  private readonly own = new Draw()
  private readonly seed: number

  constructor(seed: number) {
    this.seed = seed
  }

  /** So many. */
  some(draw: Draw, length: number): string {
    let text = ""
    for (let left = length; left > 0; left -= 2 * pieceLength) {
      const bits = draw.bits()
      text += this.piece(bits >>> 19, left)
      if (left > pieceLength) text += this.piece(bits & 0x1fff, left - pieceLength)
    }
    return text
  }

  private piece(number: number, length: number): string {
    const known = this.pieces[number] ?? ""
    const whole = known === "" ? this.made(number) : known
    return length < pieceLength ? whole.slice(0, length) : whole
  }

  private made(number: number): string {
    this.own.begin(this.seed, outOfEvents - number)
    let piece = ""
    while (piece.length < pieceLength) piece += letters.charAt(this.own.below(letters.length))
    this.pieces[number] = piece
    return piece
  }

  /** As many as bring a record to about its size: a fifth of what is missing more or less. Sizes are in "idealised" bytes. */
  padding(draw: Draw, size: number, averageSize: number): string {
    const missing = averageSize - size
    if (missing <= 0) return ""
    const spread = Math.round(missing * 0.2)
    return this.some(draw, missing - spread + (spread === 0 ? 0 : draw.below(2 * spread)))
  }
}

/** From 3 to below `max` characters, one in thirteen of them `special`, the others letters; without spaces at its ends. */
export const wordOf = (draw: Draw, max: number, special = " "): string => {
  let text = ""
  for (let left = 3 + draw.below(max - 3); left > 0; left--) {
    const bits = draw.bits()
    const isSpecial = ((bits >>> 16) * 13) >>> 16 === 0
    text += isSpecial ? special : letters.charAt(((bits & 0xffff) * 26) >>> 16)
  }
  return text.trim()
}

/** From 100 to 100,000,000 cents, evenly by its logarithm. */
export const priceOf = (draw: Draw): number => Math.round(10 ** (draw.unit() * 6) * 100)
