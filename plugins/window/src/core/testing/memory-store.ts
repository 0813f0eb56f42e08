import type { Alarm, Kept, KeptByTime, Store } from "../store.ts"

/** A group's state and timers in memory. */
export interface MemoryGroup {
  readonly store: Store
  readonly alarm: Alarm
  /** Timers that are due at a watermark, in the order of their times; they are set no longer. */
  readonly takeDue: (watermark: number) => readonly { readonly time: number; readonly tag: string }[]
  /** Nothing is kept, no timer is set. */
  readonly isEmpty: () => boolean
}

export const memoryGroup = (): MemoryGroup => {
  const sizes: (() => number)[] = []
  const kept = <A>(): Kept<A> => {
    let held: A | undefined
    sizes.push(() => (held === undefined ? 0 : 1))
    return {
      get: () => held,
      set: (value) => {
        held = value
      },
      delete: () => {
        held = undefined
      }
    }
  }
  const keptByTime = <A>(): KeptByTime<A> => {
    const held = new Map<number, A>()
    sizes.push(() => held.size)
    return {
      get: (start) => held.get(start),
      set: (start, value) => void held.set(start, value),
      delete: (start) => void held.delete(start),
      entries: () => [...held].toSorted(([left], [right]) => left - right)
    }
  }
  const timers = new Map<string, { readonly time: number; readonly tag: string }>()
  return {
    store: { head: kept(), running: kept(), panes: keptByTime(), sessions: keptByTime() },
    alarm: {
      at: (time, tag) => void timers.set(`${time} ${tag}`, { time, tag }),
      cancel: (time, tag) => void timers.delete(`${time} ${tag}`)
    },
    takeDue: (watermark) => {
      const due = [...timers.values()]
        .filter(({ time }) => time <= watermark)
        .toSorted((left, right) => left.time - right.time || (left.tag < right.tag ? -1 : 1))
      for (const { tag, time } of due) timers.delete(`${time} ${tag}`)
      return due
    },
    isEmpty: () => timers.size === 0 && sizes.every((size) => size() === 0)
  }
}
