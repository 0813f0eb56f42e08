import type { Capability } from "./capability.ts"

/**
 * Timers of a record's key. One with the same time and tag is the same timer; setting and cancelling are memory, and what a
 * failed record set is undone. Each fires once, exactly once through kills, and calls `onTimer(tag, context)` with its key
 * and, as `timestamp`, its time.
 */
export interface Timers {
  /** `time`: ms since 1970, whole. One that is past fires after the batch in hand. `tag`: at most 256 bytes of UTF-8. Throws a `TimerError` where they are not. */
  at(time: number, tag?: string): void
  cancel(time: number, tag?: string): void
}

export interface TimerOptions {
  /**
   * `event`: when the watermark reaches the time: no record with an earlier timestamp will come. `processing`: by the
   * worker's clock. At the end of a bounded input every timer fires. Default `event`.
   */
  readonly clock?: "event" | "processing"
}

/** Timers by key, for `onTimer`. */
export const timers = ({ clock = "event" }: TimerOptions = {}): Capability<Timers, true> => ({
  keyed: true,
  need: {
    need: "timers",
    make: (record) => ({
      at: (time, tag = "") => record.timer(tag, time, clock),
      cancel: (time, tag = "") => record.cancelTimer(tag, time, clock)
    })
  }
})
