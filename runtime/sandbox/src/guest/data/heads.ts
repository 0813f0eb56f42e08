import { BigIntOf, isBytes, makeList } from "../realm/primordials.ts"

/** One of the frames that a segment was called with: where its records stand in the log. */
export interface HeadFrame {
  readonly topic: string
  readonly partition: number
  readonly baseOffset: bigint
  readonly count: number
  /** Pairs: a record's number, and by how much its offset and those after it exceed the sum of `baseOffset` and their numbers. */
  readonly leaps: readonly number[] | undefined
}

/**
 * From which record of the segment's call a record comes: its number over all frames of the call, counted from 0.
 * The first node's records are their own origin; later nodes are given a list.
 */
export class Heads {
  readonly frames: HeadFrame[] = makeList()
  /** Records of all frames. */
  count = 0

  /** `baseOffset`: as text. */
  add({
    baseOffset,
    count,
    leaps,
    partition,
    topic
  }: Omit<HeadFrame, "baseOffset" | "leaps"> & {
    readonly baseOffset: string
    readonly leaps?: readonly number[]
  }): void {
    this.frames[this.frames.length] = { topic, partition, baseOffset: BigIntOf(baseOffset), count, leaps }
    this.count += count
  }

  position(origin: number): { readonly topic: string; readonly partition: number; readonly offset: string } {
    let rest = origin
    for (let i = 0; i < this.frames.length; i++) {
      const frame = this.frames[i]
      if (rest < frame.count) {
        return {
          topic: frame.topic,
          partition: frame.partition,
          offset: "" + (frame.baseOffset + BigIntOf(rest + leapAt(frame.leaps, rest)))
        }
      }
      rest -= frame.count
    }
    return { topic: "", partition: 0, offset: "" + origin }
  }
}

/** By how much the offset of a record exceeds its frame's and its number in it. */
function leapAt(leaps: readonly number[] | undefined, index: number): number {
  if (leaps === undefined) return 0
  // Pairs [0, low) begin at or before the record, those from `high` on behind it.
  let low = 0
  let high = leaps.length >>> 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (leaps[2 * middle] <= index) low = middle + 1
    else high = middle
  }
  return low === 0 ? 0 : leaps[2 * low - 1]
}

/** Little-endian u32s, one for each record. */
export function readOrigins(bytes: unknown): Uint32Array | undefined {
  return isBytes(bytes) ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) : undefined
}
