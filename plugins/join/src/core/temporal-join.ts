import { awaited, type EventTime, isLate } from "./event-time.ts"

/** Milliseconds. */
export interface TemporalOptions {
  readonly lateness: number
  /** Records that no version was valid for come out, too. */
  readonly outer: boolean
}

/** A row of the table, valid from `timestamp` until the next one's; null: it was deleted then. */
export interface Version<Row> {
  readonly timestamp: number
  readonly row: Row | null
}

/** What a key's records meet. */
export interface TemporalState<Left, Right> {
  /** Records that wait until every version that may be valid for them is known, by timestamp. */
  readonly waiting: {
    get(timestamp: number): readonly Left[] | undefined
    set(timestamp: number, waiting: readonly Left[]): void
    delete(timestamp: number): void
  }
  /** In the order of time, no two of one timestamp. */
  readonly versions: {
    get(): readonly Version<Right>[]
    set(versions: readonly Version<Right>[]): void
  }
  /** Asks for {@link TemporalJoin.fire} when no record below `time` will come. The same again is one. */
  readonly at: (time: number) => void
}

export interface Versioned<Left, Right> extends EventTime {
  readonly left: Left
  readonly version: Right | undefined
}

/**
 * Each record with the version that was valid at its time, for one key at a time. What is given depends on the records
 * alone, not on the order in which records and versions come. Pure but for `state`.
 */
export class TemporalJoin {
  private readonly options: TemporalOptions

  constructor(options: TemporalOptions) {
    this.options = options
  }

  record<Left, Right>(row: Left, time: EventTime, { waiting, at }: TemporalState<Left, Right>): void {
    const { lateness } = this.options
    if (isLate(time, lateness)) return
    const { timestamp } = time
    waiting.set(timestamp, [...(waiting.get(timestamp) ?? []), row])
    at(timestamp + lateness + 1)
  }

  /** A record whose key matches nothing. */
  alone<Left, Right>(row: Left, time: EventTime): readonly Versioned<Left, Right>[] {
    const { outer, lateness } = this.options
    if (!outer || isLate(time, lateness)) return []
    return [{ timestamp: time.timestamp, watermark: time.watermark, left: row, version: undefined }]
  }

  /** `row`: null where the table's row is deleted. */
  version<Left, Right>(
    row: Right | null,
    time: EventTime,
    { versions, at }: TemporalState<Left, Right>
  ): void {
    const { lateness } = this.options
    if (isLate(time, lateness)) return
    const { timestamp } = time
    const others = versions.get()
    versions.set([
      ...others.filter((other) => other.timestamp < timestamp),
      { timestamp, row },
      ...others.filter((other) => other.timestamp > timestamp)
    ])
    at(timestamp + lateness + 1)
  }

  /** No record below `time` will come: gives the records that were waited for, and drops versions that none can need. */
  fire<Left, Right>(
    time: number,
    { waiting, versions }: TemporalState<Left, Right>
  ): readonly Versioned<Left, Right>[] {
    const { lateness, outer } = this.options
    const timestamp = time - lateness - 1
    const known = versions.get()
    const latest = known.findLastIndex((version) => version.timestamp <= timestamp)
    const first = known[latest]?.row === null ? latest + 1 : latest
    if (first > 0) versions.set(known.slice(first))
    const due = waiting.get(timestamp)
    if (due === undefined) return []
    waiting.delete(timestamp)
    const version = known[latest]?.row ?? undefined
    if (version === undefined && !outer) return []
    const given = awaited(timestamp, lateness)
    return due.map((row) => ({ ...given, left: row, version }))
  }
}
