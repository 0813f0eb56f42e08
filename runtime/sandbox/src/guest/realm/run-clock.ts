import { encodeUtf8 } from "@millrace/sdk/record"
import { hmacSha256 } from "./hmac.ts"
import { charCodeAt, Uint8ArrayOf } from "./primordials.ts"

/** Who draws random numbers: a record in hand. */
export interface RandomOwner {
  random(): number
}

/** The batch's recorded clock and randomness. One per guest; set at the start of each call. */
export class RunClock {
  /** ms since 1970. */
  now = 0
  seed: Uint8Array = new Uint8ArrayOf(32)
  private seedText = ""
  /** The record whose body runs, as far as that is known; `Math.random` draws from it. */
  owner: RandomOwner | undefined = undefined
  private readonly unowned = new RandomDraw()

  /** `seed`: hexadecimal digits. */
  begin(now: number, seed: string): void {
    this.now = now
    if (seed !== this.seedText) {
      this.seedText = seed
      this.seed = bytesOfHex(seed)
    }
    this.owner = undefined
    this.unowned.restart("module")
  }

  random(): number {
    return this.owner === undefined ? this.unowned.next(this.seed) : this.owner.random()
  }
}

function bytesOfHex(digits: string): Uint8Array {
  const bytes = new Uint8ArrayOf(digits.length >> 1)
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = 16 * digitOf(charCodeAt(digits, 2 * i)) + digitOf(charCodeAt(digits, 2 * i + 1))
  return bytes
}

function digitOf(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57
}

/**
 * Numbers from HMAC-SHA256(seed, name and block number): 53 bits each, four of a block. They are the same again for
 * the same name, however the batch was cut.
 */
export class RandomDraw {
  private name = ""
  private block: Uint8Array | undefined = undefined
  private drawn = 0

  restart(name: string): void {
    this.name = name
    this.block = undefined
    this.drawn = 0
  }

  next(seed: Uint8Array): number {
    const place = this.drawn % 4
    if (place === 0 || this.block === undefined) {
      const text = this.name + "\u0000" + (this.drawn - place) / 4
      this.block = hmacSha256(seed, encodeUtf8(text) ?? new Uint8ArrayOf(0))
    }
    this.drawn += 1
    const block = this.block
    const at = place * 8
    const high = (block[at] << 19) | (block[at + 1] << 11) | (block[at + 2] << 3) | (block[at + 3] >> 5)
    const low =
      ((block[at + 3] & 31) << 21) | (block[at + 4] << 13) | (block[at + 5] << 5) | (block[at + 6] >> 3)
    return (high * 67_108_864 + low) / 9_007_199_254_740_992
  }
}
