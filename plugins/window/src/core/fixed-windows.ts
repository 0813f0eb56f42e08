import type { Aggregate } from "./aggregate.ts"
import { type Policy, SlicedWindows } from "./sliced-windows.ts"
import { type FixedWindow, slicesOf } from "./slices.ts"
import { TumblingWindows } from "./tumbling-windows.ts"

/** What keeps windows of fixed bounds. */
export const fixedWindows = (
  window: FixedWindow,
  aggregates: readonly Aggregate[],
  policy: Policy
): SlicedWindows | TumblingWindows => {
  const slices = slicesOf(window)
  const isTumbling = window.is === "hopping" && window.slide === window.size
  return isTumbling && policy.lateness === 0 && !policy.updates
    ? new TumblingWindows(slices, aggregates)
    : new SlicedWindows(slices, aggregates, policy)
}
