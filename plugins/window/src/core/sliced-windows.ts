import { addRecord, type Aggregate, combine, type Given, nothing, withoutPanesBefore } from "./aggregate.ts"
import type { Slices } from "./slices.ts"
import type { Gathered } from "./slot.ts"
import {
  type Alarm,
  type Arrival,
  type Closed,
  type Head,
  lateRecord,
  type Outcome,
  type Store
} from "./store.ts"
import { windowAt } from "./window-at.ts"

export interface Policy {
  /** ms that a window takes records after its end. */
  readonly lateness: number
  /** Results with every change, none at a window's end. */
  readonly updates: boolean
}

const closing = "close"
const clearing = "clear"

/**
 * Tumbling, hopping and cumulative windows of one group. Records are added up once for each pane. What a window holds is
 * kept running from one to the next, by what enters and what leaves; only where it gave nothing is it made anew. One timer
 * at a time is set for the group, for the end of its next window that is not empty.
 *
 * INVARIANT: while `head.last` is e, `running` holds the parts that entered by e of the panes that the window after e holds.
 */
export class SlicedWindows {
  private readonly slices: Slices
  private readonly aggregates: readonly Aggregate[]
  private readonly policy: Policy

  constructor(slices: Slices, aggregates: readonly Aggregate[], policy: Policy) {
    this.slices = slices
    this.aggregates = aggregates
    this.policy = policy
  }

  add(arrival: Arrival, given: readonly Given[], store: Store, alarm: Alarm): Outcome {
    const { slices } = this
    const pane = slices.paneOf(arrival.time)
    const lastEnd = slices.lastEnd(pane)
    if (lastEnd < slices.firstEnd(pane)) return { late: false, closed: [] }
    const head = store.head.get() ?? emptyHead(arrival)
    const from = this.firstOpen(pane, arrival.watermark, head)
    if (from > lastEnd) return lateRecord
    this.enterPart({ pane, from, lastEnd }, { pane, time: arrival.time, given }, { store, alarm, head })
    return { late: false, closed: this.changed(from, lastEnd, head, store) }
  }

  /** What a timer gives. One that was overtaken gives nothing. */
  fire(time: number, tag: string, store: Store, alarm: Alarm): readonly Closed[] {
    const head = store.head.get()
    if (head === undefined) return []
    if (tag === clearing) {
      // Timers come in batches: one that a closing sets may lie before others of its own batch.
      if (head.next !== null && head.next <= time) alarm.at(time, clearing)
      else this.clear(time - this.policy.lateness, head, store)
      return []
    }
    return head.next === time ? this.close(time, head, store, alarm) : []
  }

  /** The first window of the pane that is not over for a record. */
  private firstOpen(pane: number, watermark: number, { last }: Head): number {
    const { firstEnd, endAfter } = this.slices
    const { lateness, updates } = this.policy
    const over = watermark - lateness
    const first = firstEnd(pane)
    const open = first > over ? first : endAfter(over)
    // A partition that comes back with times before those of all others finds windows closed that are not over for it.
    return updates || lateness > 0 || last === null || open > last ? open : endAfter(last)
  }

  private enterPart(
    { from, lastEnd, pane }: { readonly pane: number; readonly from: number; readonly lastEnd: number },
    record: Parameters<typeof addRecord>[2],
    { alarm, head, store }: { readonly store: Store; readonly alarm: Alarm; readonly head: Head }
  ): void {
    const { aggregates, policy, slices } = this
    const known = store.panes.get(pane)
    const parts = known?.parts ?? []
    const at = parts.findIndex((part) => part.from >= from)
    const found = at < 0 || parts[at]?.from !== from ? undefined : parts[at]
    const gathered = addRecord(aggregates, found?.gathered ?? nothing(aggregates), record)
    const part = { from, gathered }
    const others = found === undefined ? parts.length : parts.length - 1
    store.panes.set(pane, {
      parts:
        others === 0
          ? [part]
          : [...parts.filter((one) => one.from < from), part, ...parts.filter((one) => one.from > from)]
    })
    let changed = known === undefined ? { ...head, kept: head.kept + 1 } : head
    if (known === undefined && (policy.updates || policy.lateness > 0))
      alarm.at(lastEnd + policy.lateness, clearing)
    if (!policy.updates) {
      const { last } = head
      const due = last === null || from > last ? from : slices.endAfter(last)
      if (due <= lastEnd) {
        if (known === undefined) changed = { ...changed, live: changed.live + 1 }
        changed = wake(changed, due, alarm)
        if (due > from) {
          store.running.set(addRecord(aggregates, store.running.get() ?? nothing(aggregates), record))
        } else if (found === undefined && from !== slices.firstEnd(pane)) {
          changed = { ...changed, delayed: [...changed.delayed, { from, pane }] }
        }
      }
    }
    if (changed !== head) store.head.set(changed)
  }

  /** The results that a record changed at once: with updates all, else those of windows that were closed before it. */
  private changed(from: number, lastEnd: number, head: Head, store: Store): readonly Closed[] {
    const { policy, slices } = this
    const until = policy.updates ? lastEnd : Math.min(lastEnd, head.last ?? -Infinity)
    const closed: Closed[] = []
    for (let end = from; end <= until; end = slices.endAfter(end)) {
      closed.push({
        group: head.group,
        start: slices.startOf(end),
        end,
        gathered: windowAt(end, slices, this.aggregates, store)
      })
    }
    return closed
  }

  private close(end: number, head: Head, store: Store, alarm: Alarm): readonly Closed[] {
    const { slices } = this
    const start = slices.startOf(end)
    const gathered =
      head.last === null || start >= head.last
        ? windowAt(end, slices, this.aggregates, store)
        : this.entered(end, head, store)
    const left = this.leave(
      end,
      gathered,
      { ...head, delayed: head.delayed.filter(({ from }) => from > end) },
      store
    )
    const next = left.running.rows > 0 ? slices.endAfter(end) : this.nextEnd(end, left.head, store)
    if (next !== null) alarm.at(next, closing)
    if (left.running.rows > 0) store.running.set(left.running)
    else if (store.running.get() !== undefined) store.running.delete()
    if (left.head.kept === 0) store.head.delete()
    else store.head.set({ ...left.head, next, last: end })
    return gathered.rows > 0 ? [{ group: head.group, start, end, gathered }] : []
  }

  /** The running window with what comes into it up to its new end. */
  private entered(end: number, { delayed, last }: Head, store: Store): Gathered {
    const { aggregates, slices } = this
    let gathered = store.running.get() ?? nothing(aggregates)
    const take = (pane: number, from: number) => {
      const part = store.panes.get(pane)?.parts.find((one) => one.from === from)
      if (part !== undefined) gathered = combine(aggregates, gathered, part.gathered, 1)
    }
    for (let pane = last ?? end; pane < end; pane += slices.pane) take(pane, slices.firstEnd(pane))
    for (const one of delayed) if (one.from <= end) take(one.pane, one.from)
    return gathered
  }

  /** Takes the panes away that no later window holds. */
  private leave(
    end: number,
    gathered: Gathered,
    head: Head,
    store: Store
  ): { readonly running: Gathered; readonly head: Head } {
    const { aggregates, policy, slices } = this
    const nextStart = slices.startOf(slices.endAfter(end))
    let running = gathered
    let { kept, live } = head
    for (let pane = slices.startOf(end); pane < nextStart && pane < end; pane += slices.pane) {
      const known = store.panes.get(pane)
      if (known === undefined) continue
      for (const part of known.parts) running = combine(aggregates, running, part.gathered, -1)
      live -= 1
      if (policy.lateness > 0) continue
      store.panes.delete(pane)
      kept -= 1
    }
    return { running: withoutPanesBefore(running, nextStart), head: { ...head, kept, live } }
  }

  /** The first window after `end` that is not empty, where the one that follows is. */
  private nextEnd(end: number, { live }: Head, store: Store): number | null {
    if (live === 0) return null
    let next: number | null = null
    for (const [, { parts }] of store.panes.entries()) {
      for (const { from } of parts) if (from > end && (next === null || from < next)) next = from
    }
    return next
  }

  /** Forgets the panes whose last window ended at `end`. */
  private clear(end: number, head: Head, store: Store): void {
    const { slices } = this
    const nextStart = slices.startOf(slices.endAfter(end))
    let { kept } = head
    for (let pane = slices.startOf(end); pane < nextStart && pane < end; pane += slices.pane) {
      if (store.panes.get(pane) === undefined) continue
      store.panes.delete(pane)
      kept -= 1
    }
    if (kept === 0) store.head.delete()
    else store.head.set({ ...head, kept })
  }
}

const emptyHead = ({ group }: Arrival): Head => ({
  group,
  kept: 0,
  live: 0,
  next: null,
  last: null,
  delayed: []
})

/** Sets the group's timer for `due`, where it is not set for an earlier end. */
const wake = (head: Head, due: number, alarm: Alarm): Head => {
  if (head.next !== null && head.next <= due) return head
  if (head.next !== null) alarm.cancel(head.next, closing)
  alarm.at(due, closing)
  return { ...head, next: due }
}
