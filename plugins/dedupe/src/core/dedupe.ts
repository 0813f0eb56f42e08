/** When a record happened, ms since 1970, and the watermark that its source partition had just before it (`-Infinity`: none). */
export interface EventTime {
  readonly timestamp: number
  readonly watermark: number
}

/** Milliseconds. `within`: `Infinity` is for ever. */
export interface DedupeOptions {
  readonly within: number
  readonly lateness: number
  readonly keep: "first" | "last"
}

/**
 * True for a record that is left out. INVARIANT: for one that is not late everything is still known that it may equal, since
 * state is let go by the task's watermark, which is never above the watermark of a record that is still to come.
 */
export const isLate = ({ timestamp, watermark }: EventTime, { lateness }: DedupeOptions): boolean =>
  watermark > timestamp + lateness

export interface Held<Row> {
  readonly timestamp: number
  readonly row: Row
}

/** What is known of a key. */
export interface Runs<Row> {
  /** Timestamp of the first record of the run in hand; absent: there is none. */
  readonly start: number | undefined
  /** The last of that run so far, where the last is kept. */
  readonly last: Held<Row> | undefined
  /** Records that may begin the next run, in the order of time, those of one timestamp in that of arrival. */
  readonly waiting: readonly Held<Row>[]
}

export const noRuns: Runs<never> = { start: undefined, last: undefined, waiting: [] }

export interface Step<Row> {
  readonly runs: Runs<Row>
  readonly given: readonly Held<Row>[]
  /** When to go on: {@link advance}. */
  readonly at: number | undefined
}

/** A record of the key. Late ones have been left out. */
export const arrive = <Row>(held: Held<Row>, runs: Runs<Row>, options: DedupeOptions): Step<Row> => {
  const { timestamp } = held
  if (runs.start !== undefined && timestamp < runs.start + options.within) {
    const isLast = options.keep === "last" && timestamp >= (runs.last?.timestamp ?? -Infinity)
    return { runs: isLast ? { ...runs, last: held } : runs, given: [], at: undefined }
  }
  const place = runs.waiting.findLastIndex((other) => other.timestamp <= timestamp) + 1
  const waiting = [...runs.waiting.slice(0, place), held, ...runs.waiting.slice(place)]
  return { runs: { ...runs, waiting }, given: [], at: timestamp + options.lateness + 1 }
}

/** No record below `time` will come: begins and ends the runs that this settles. */
export const advance = <Row>(time: number, runs: Runs<Row>, options: DedupeOptions): Step<Row> => {
  const { keep, lateness, within } = options
  const given: Held<Row>[] = []
  let { start, last } = runs
  let at: number | undefined
  let taken = 0
  const end = (): void => {
    if (last !== undefined && start !== undefined) given.push({ ...last, timestamp: start + within - 1 })
    start = undefined
    last = undefined
  }
  for (const held of runs.waiting) {
    const isInRun = start !== undefined && held.timestamp < start + within
    // What is in the run is so now: nothing that may still come changes where the run began.
    if (!isInRun && held.timestamp + lateness >= time) break
    taken += 1
    if (!isInRun) {
      end()
      start = held.timestamp
      if (keep === "first") given.push(held)
      if (within !== Infinity) at = start + within + lateness
    }
    if (keep === "last") last = held
  }
  if (start !== undefined && start + within + lateness <= time) end()
  return { runs: { start, last, waiting: runs.waiting.slice(taken) }, given, at }
}
