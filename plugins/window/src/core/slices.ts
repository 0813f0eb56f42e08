/** Windows of fixed bounds, in ms. */
export type FixedWindow =
  /** Tumbling: `slide` = `size`. */
  | { readonly is: "hopping"; readonly size: number; readonly slide: number; readonly offset: number }
  /** `step` divides `size`. */
  | { readonly is: "cumulative"; readonly size: number; readonly step: number; readonly offset: number }

/**
 * The geometry of windows that share panes: a pane lies wholly in a window or wholly outside. A pane goes by its start, a
 * window by its end.
 */
export interface Slices {
  /** Length of a pane. */
  readonly pane: number
  /** Start of the pane of an instant. */
  readonly paneOf: (time: number) => number
  /** The ends of the first and the last window that hold a pane; the last below the first: no window does. */
  readonly firstEnd: (pane: number) => number
  readonly lastEnd: (pane: number) => number
  /** The next end after an instant. */
  readonly endAfter: (time: number) => number
  readonly startOf: (end: number) => number
}

export const slicesOf = (window: FixedWindow): Slices =>
  window.is === "hopping" ? hopping(window) : cumulative(window)

const hopping = ({ offset, size, slide }: FixedWindow & { readonly is: "hopping" }): Slices => {
  const pane = greatestDivisor(size, slide)
  const endAfter = (time: number) => floorTo(time - offset - size, slide) + slide + offset + size
  return {
    pane,
    paneOf: (time) => floorTo(time - offset, pane) + offset,
    firstEnd: endAfter,
    lastEnd: (start) => floorTo(start - offset, slide) + offset + size,
    endAfter,
    startOf: (end) => end - size
  }
}

const cumulative = ({ offset, size, step }: FixedWindow & { readonly is: "cumulative" }): Slices => {
  const endAfter = (time: number) => floorTo(time - offset, step) + step + offset
  const cycleOf = (time: number) => floorTo(time - offset, size) + offset
  return {
    pane: step,
    paneOf: (time) => floorTo(time - offset, step) + offset,
    firstEnd: endAfter,
    lastEnd: (start) => cycleOf(start) + size,
    endAfter,
    startOf: (end) => cycleOf(end - 1)
  }
}

const floorTo = (value: number, unit: number): number => Math.floor(value / unit) * unit

const greatestDivisor = (left: number, right: number): number =>
  right === 0 ? left : greatestDivisor(right, left % right)
