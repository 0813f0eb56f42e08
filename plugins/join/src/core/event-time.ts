/** When a record happened, ms since 1970, and the watermark that its source partition had just before it (`-Infinity`: none). */
export interface EventTime {
  readonly timestamp: number
  readonly watermark: number
}

/**
 * True for a record that joins leave out. INVARIANT: no record that is not late finds that what it matches is gone, for
 * state is let go by the task's watermark, which is never above the watermark of a record that is still to come.
 */
export const isLate = ({ timestamp, watermark }: EventTime, latenessMs: number): boolean =>
  watermark > timestamp + latenessMs

/** The time of what is made of two records: the later of both, judged by the later watermark. */
export const laterOf = (one: EventTime, other: EventTime): EventTime => ({
  timestamp: Math.max(one.timestamp, other.timestamp),
  watermark: Math.max(one.watermark, other.watermark)
})

/**
 * The time of what is given when the watermark has passed it and `lateness`: readers may have been told as much by then, so
 * it is late for them by the lateness, and on time where that is 0.
 */
export const awaited = (timestamp: number, latenessMs: number): EventTime => ({
  timestamp,
  watermark: timestamp + latenessMs
})
