import { type Aggregate, combine, nothing } from "./aggregate.ts"
import type { Slices } from "./slices.ts"
import type { Gathered } from "./slot.ts"
import type { Store } from "./store.ts"

/** What the window that ends at `end` holds, from its panes. */
export const windowAt = (
  end: number,
  slices: Slices,
  aggregates: readonly Aggregate[],
  { panes }: Store
): Gathered => {
  let gathered: Gathered | undefined
  for (let pane = slices.startOf(end); pane < end; pane += slices.pane) {
    for (const part of panes.get(pane)?.parts ?? []) {
      if (part.from > end) break
      gathered = gathered === undefined ? part.gathered : combine(aggregates, gathered, part.gathered, 1)
    }
  }
  return gathered ?? nothing(aggregates)
}
