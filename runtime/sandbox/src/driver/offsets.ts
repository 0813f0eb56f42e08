import type { InputFrame } from "../segment.ts"

type Place = Pick<InputFrame, "baseOffset" | "leaps">

/** The offset of a frame's record, by its number in the frame. */
export function offsetAt(input: Place, index: number): bigint {
  return input.baseOffset + BigInt(index + leapAt(input.leaps, index))
}

/** Where the records [from, to) of a frame stand, when they are a frame of their own. */
export function placeOfCut(input: Place, from: number, to: number): Place {
  const { leaps } = input
  const baseOffset = offsetAt(input, from)
  if (leaps === undefined) return { baseOffset }
  const before = leapAt(leaps, from)
  const own: number[] = []
  for (let at = 0; at < leaps.length; at += 2)
    if (leaps[at] > from && leaps[at] < to) own.push(leaps[at] - from, leaps[at + 1] - before)
  return own.length === 0 ? { baseOffset } : { baseOffset, leaps: own }
}

function leapAt(leaps: readonly number[] | undefined, index: number): number {
  if (leaps === undefined) return 0
  // Pairs [0, low) begin at or before the record, those from `high` on behind it.
  let low = 0
  let high = leaps.length / 2
  while (low < high) {
    const middle = (low + high) >>> 1
    if (leaps[2 * middle] <= index) low = middle + 1
    else high = middle
  }
  return low === 0 ? 0 : leaps[2 * low - 1]
}
