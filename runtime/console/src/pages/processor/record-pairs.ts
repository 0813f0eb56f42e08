import type { RecordView } from "@millrace/sdk/api"

/** A record that a chain put out, and the one that it came from. */
export interface RecordPair {
  readonly id: string
  /** Undefined where it is older than what was looked at, or there is no one record that it came from. */
  readonly before: RecordView | undefined
  /** Undefined where nothing came of it, or nothing is put on. */
  readonly after: RecordView | undefined
}

/** A plugin that keeps a record's key keeps its timestamp too, unless it says otherwise. */
const nameOf = ({ key, timestamp }: RecordView): string => JSON.stringify([key, timestamp])

const placeOf = ({ offset, partition, topic }: RecordView): string => `${topic} ${partition}@${offset}`

const newestFirst = (one: RecordView, other: RecordView): number =>
  other.timestamp - one.timestamp || Number(BigInt(other.offset) - BigInt(one.offset))

/** Pairs what went in with what came out, by key and timestamp, the newest first. */
export const recordPairs = (
  before: readonly RecordView[],
  after: readonly RecordView[] | undefined,
  most: number
): readonly RecordPair[] => {
  if (after === undefined)
    return before
      .toSorted(newestFirst)
      .slice(0, most)
      .map((record) => ({ id: placeOf(record), before: record, after: undefined }))
  const known = new Map(before.map((record) => [nameOf(record), record]))
  return after
    .toSorted(newestFirst)
    .slice(0, most)
    .map((record) => ({ id: placeOf(record), before: known.get(nameOf(record)), after: record }))
}
