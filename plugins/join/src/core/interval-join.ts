import { awaited, type EventTime, isLate, laterOf } from "./event-time.ts"
import { bucketEnd, bucketOf, bucketsIn } from "./time-bucket.ts"

export type Side = "left" | "right"

/** Milliseconds; `Infinity`: unbounded. */
export interface IntervalOptions {
  /** A pair has `left - before <= right <= left + after`. */
  readonly before: number
  readonly after: number
  readonly lateness: number
  /** Sides whose records come out without a match, too. Their reach must be bounded. */
  readonly outer: { readonly [side in Side]: boolean }
}

/** A record that waits for others. */
export interface Held<Row> extends EventTime {
  readonly isMatched: boolean
  readonly row: Row
}

/** The records of one side of one key, by bucket of time; what map state offers. */
export interface Buckets<Row> {
  get(bucket: number): readonly Held<Row>[] | undefined
  set(bucket: number, held: readonly Held<Row>[]): void
  delete(bucket: number): void
  entries(): Iterable<readonly [bucket: number, held: readonly Held<Row>[]]>
}

/** What a key's records meet. */
export interface IntervalState<Row> {
  readonly left: Buckets<Row>
  readonly right: Buckets<Row>
  /** Asks for {@link IntervalJoin.fire} when no record below `time` will come. The same again is one. */
  readonly at: (time: number, side: Side) => void
}

/** A pair, or a record of an outer side alone. */
export interface Joined<Row> extends EventTime {
  readonly left: Row | undefined
  readonly right: Row | undefined
}

/**
 * Pairs of two streams within an interval of event time, for one key at a time. What is given depends on the records alone,
 * not on the order in which those of one side and the other come: every pair of records that are not late, once, when the
 * second of it comes; and each record of an outer side that has none, once that is certain. Pure but for `state`.
 */
export class IntervalJoin {
  private readonly options: IntervalOptions
  private readonly width: number

  constructor(options: IntervalOptions) {
    this.options = options
    this.width = widthOf(options)
  }

  /** A record of `side`. */
  arrive<Row>(side: Side, row: Row, time: EventTime, state: IntervalState<Row>): readonly Joined<Row>[] {
    if (isLate(time, this.options.lateness)) return []
    const { timestamp, watermark } = time
    const joined = this.match(side, row, time, state)
    this.keep(side, { timestamp, watermark, isMatched: joined.length > 0, row }, state)
    return joined
  }

  /** A record whose key matches nothing. */
  alone<Row>(side: Side, row: Row, time: EventTime): readonly Joined<Row>[] {
    const { outer, lateness } = this.options
    return outer[side] && !isLate(time, lateness) ? [alone(side, row, time)] : []
  }

  /** No record below `time` will come: lets go of what nothing can match any more. */
  fire<Row>(side: Side, time: number, state: IntervalState<Row>): readonly Joined<Row>[] {
    const limit = time - this.wait(side) - 1
    const bucket = bucketOf(limit, this.width)
    const held = state[side].get(bucket) ?? []
    const kept = held.filter(({ timestamp }) => timestamp > limit)
    if (kept.length === held.length) return []
    if (kept.length === 0) state[side].delete(bucket)
    else state[side].set(bucket, kept)
    if (!this.options.outer[side]) return []
    return held
      .filter(({ timestamp, isMatched }) => timestamp <= limit && !isMatched)
      .map(({ timestamp, row }) =>
        alone(side, row, awaited(timestamp + this.wait(side) - this.options.lateness, this.options.lateness))
      )
  }

  private match<Row>(
    side: Side,
    row: Row,
    time: EventTime,
    state: IntervalState<Row>
  ): readonly Joined<Row>[] {
    const { before, after, outer } = this.options
    const other = side === "left" ? "right" : "left"
    const [down, up] = side === "left" ? [before, after] : [after, before]
    const [from, to] = [time.timestamp - down, time.timestamp + up]
    const joined: Joined<Row>[] = []
    for (const [bucket, held] of bucketsIn(state[other], from, to, this.width)) {
      const isIn = ({ timestamp }: EventTime): boolean => timestamp >= from && timestamp <= to
      for (const one of held) {
        if (!isIn(one)) continue
        const pair = side === "left" ? { left: row, right: one.row } : { left: one.row, right: row }
        joined.push({ ...pair, ...laterOf(time, one) })
      }
      if (outer[other] && held.some((one) => isIn(one) && !one.isMatched))
        state[other].set(
          bucket,
          held.map((one) => (isIn(one) ? { ...one, isMatched: true } : one))
        )
    }
    return joined
  }

  private keep<Row>(side: Side, held: Held<Row>, state: IntervalState<Row>): void {
    const bucket = bucketOf(held.timestamp, this.width)
    state[side].set(bucket, [...(state[side].get(bucket) ?? []), held])
    const wait = this.wait(side)
    if (wait === Infinity) return
    // What may have to come out alone is looked at in its own time, all else with its bucket.
    const isExact = this.options.outer[side] && !held.isMatched
    state.at((isExact ? held.timestamp : bucketEnd(bucket, this.width)) + wait + 1, side)
  }

  /** How long after its timestamp a record may still be matched. */
  private wait(side: Side): number {
    const { before, after, lateness } = this.options
    return (side === "left" ? after : before) + lateness
  }
}

const alone = <Row>(side: Side, row: Row, { timestamp, watermark }: EventTime): Joined<Row> =>
  side === "left"
    ? { left: row, right: undefined, timestamp, watermark }
    : { left: undefined, right: row, timestamp, watermark }

const shortestBucketMs = 1_000
const unboundedBucketMs = 60_000

/** So wide that a record looks into half a dozen buckets at most, and a bucket holds few that it does not look for. */
const widthOf = ({ before, after }: IntervalOptions): number =>
  before + after === Infinity
    ? unboundedBucketMs
    : Math.max(shortestBucketMs, Math.ceil((before + after) / 4))
