import type { Partials } from "./exact-sum.ts"
import type { Ranked } from "./ranked.ts"

/** What one aggregate has gathered. Plain data; a part that the aggregate does not use is empty. */
export interface Slot {
  /** Values that counted. */
  readonly n: number
  /** Exact sum of numbers. */
  readonly partials: Partials
  /** How many were NaN, Infinity and -Infinity; empty: none. */
  readonly odd: readonly number[]
  /** Sum of bigints and of decimals without their point; "": 0. */
  readonly whole: string
  readonly ranked: readonly Ranked[]
  /** Different values in the order of their text. */
  readonly values: readonly Counted[]
}

export interface Counted {
  readonly text: string
  readonly n: number
}

/** What the records of a pane, a window or a session came to. */
export interface Gathered {
  readonly rows: number
  readonly slots: readonly Slot[]
}

export const emptySlot: Slot = { n: 0, partials: [], odd: [], whole: "", ranked: [], values: [] }
