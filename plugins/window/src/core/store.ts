import type { Cell } from "./cell.ts"
import type { Gathered } from "./slot.ts"

/**
 * What is kept of a group, as plain data. A store holds it between records: in memory here, in keyed state in the plugin.
 */
export interface Store {
  readonly head: Kept<Head>
  readonly running: Kept<Gathered>
  readonly panes: KeptByTime<Pane>
  readonly sessions: KeptByTime<Session>
}

export interface Kept<A> {
  readonly get: () => A | undefined
  readonly set: (value: A) => void
  readonly delete: () => void
}

/** By a start, ms since 1970. */
export interface KeptByTime<A> {
  readonly get: (start: number) => A | undefined
  readonly set: (start: number, value: A) => void
  readonly delete: (start: number) => void
  /** In any order; a copy, which changes of the store leave as it is. */
  readonly entries: () => Iterable<readonly [number, A]>
}

/** Timers of the group; the same time and tag is the same timer. */
export interface Alarm {
  readonly at: (time: number, tag: string) => void
  readonly cancel: (time: number, tag: string) => void
}

export interface Head {
  /** The group's values, for its results. */
  readonly group: readonly Cell[]
  /** Panes or sessions that are stored. */
  readonly kept: number
  /** Panes that a window to come holds. */
  readonly live: number
  /** The end for which a timer is set. */
  readonly next: number | null
  /** The end of the last window that was closed; `running` is of what remains of it in the next one. */
  readonly last: number | null
  /** Parts of panes that have not come into their first window by the time that the pane has. */
  readonly delayed: readonly { readonly from: number; readonly pane: number }[]
}

/** Records of a pane, apart by the first window that they are in: the later ones came late for those before. */
export interface Pane {
  readonly parts: readonly Part[]
}

export interface Part {
  /** The end of that window. */
  readonly from: number
  readonly gathered: Gathered
}

export interface Session {
  readonly end: number
  /** When its timer is set for, at the end or before it; null: it has none. */
  readonly due: number | null
  readonly given: boolean
  readonly gathered: Gathered
}

/** A window's result: its bounds and what its records came to. */
export interface Closed {
  readonly group: readonly Cell[]
  readonly start: number
  readonly end: number
  readonly gathered: Gathered
}

/** A record as windows see it. */
export interface Arrival {
  readonly time: number
  /** What its source partition had just before it; `-Infinity`: none. */
  readonly watermark: number
  readonly group: readonly Cell[]
}

/** What a record came to: the results that it changed, or nothing, for all of its windows were over. */
export type Outcome = { readonly late: true } | { readonly late: false; readonly closed: readonly Closed[] }

export const lateRecord: Outcome = { late: true }
