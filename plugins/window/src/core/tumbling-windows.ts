import { addRecord, type Aggregate, type Given, nothing } from "./aggregate.ts"
import type { Slices } from "./slices.ts"
import { type Alarm, type Arrival, type Closed, lateRecord, type Outcome, type Store } from "./store.ts"

const closing = "close"

/**
 * Windows that follow each other, each given once at its end. A window is a pane and has a timer of its own: however many
 * of a group are over at a time, they close in one go, and none looks at the others.
 */
export class TumblingWindows {
  private readonly slices: Slices
  private readonly aggregates: readonly Aggregate[]

  /** `slices`: of windows that are one pane each. */
  constructor(slices: Slices, aggregates: readonly Aggregate[]) {
    this.slices = slices
    this.aggregates = aggregates
  }

  add(arrival: Arrival, given: readonly Given[], store: Store, alarm: Alarm): Outcome {
    const { aggregates, slices } = this
    const { group, time, watermark } = arrival
    const pane = slices.paneOf(time)
    const end = pane + slices.pane
    if (end <= watermark) return lateRecord
    const known = store.panes.get(pane)
    const before = known?.parts[0]?.gathered ?? nothing(aggregates)
    const gathered = addRecord(aggregates, before, { pane, time, given })
    store.panes.set(pane, { parts: [{ from: end, gathered }] })
    if (known === undefined) {
      const head = store.head.get() ?? { group, kept: 0, live: 0, next: null, last: null, delayed: [] }
      store.head.set({ ...head, kept: head.kept + 1 })
      alarm.at(end, closing)
    }
    return { late: false, closed: [] }
  }

  fire(end: number, _tag: string, store: Store, _alarm: Alarm): readonly Closed[] {
    const start = end - this.slices.pane
    const head = store.head.get()
    const gathered = store.panes.get(start)?.parts[0]?.gathered
    if (head === undefined || gathered === undefined) return []
    store.panes.delete(start)
    if (head.kept === 1) store.head.delete()
    else store.head.set({ ...head, kept: head.kept - 1 })
    return [{ group: head.group, start, end, gathered }]
  }
}
