import type { BatchCursor } from "@millrace/sdk/record"
import type { GuestView } from "../data/codec-shape.ts"
import type { FailedRecords } from "../data/failures.ts"
import type { Heads } from "../data/heads.ts"
import type { HostRequests } from "../realm/host-requests.ts"
import type { OutputSet } from "../data/output-set.ts"
import type { RecordScope } from "../data/record-in-hand.ts"
import type { Tally } from "../data/tally.ts"
import type { Traces } from "../data/traces.ts"
import { makeList } from "../realm/primordials.ts"

/** A processor's body for one input, taken apart so that a plugin cannot exchange it between two records. */
export interface Body {
  readonly form: "filter" | "map" | "process"
  readonly suspends: boolean
  /** Bound to its owner, so that no method of Function's is asked at a call. */
  readonly call: (value: unknown, record: unknown) => unknown
  /** What a delete gives; undefined where it goes or passes. Never suspends. */
  readonly onDelete: ((record: unknown) => unknown) | undefined
}

/** A batch frame to run, with what its input's records are run by. */
export interface Feed {
  readonly number: number
  readonly input: string
  readonly frame: Uint8Array
  /** The frame, a character for each byte, in parts as of `giveText`; none where it is not given so. */
  readonly text: readonly string[]
  readonly cursor: BatchCursor
  readonly view: GuestView
  /** Origins of the frame's records, or undefined when the frame's first record is `firstOrigin` and they count up. */
  readonly origins: Uint32Array | undefined
  readonly firstOrigin: number
}

/** What one call of a node works with. */
export interface RunContext {
  readonly scope: RecordScope
  readonly outputs: OutputSet
  readonly failed: FailedRecords
  readonly tally: Tally
  readonly traces: Traces
  readonly heads: Heads
  readonly requests: HostRequests
  readonly isKeyed: boolean
  readonly maxOutputRecordsPerInput: number
  /** The segment is called with one record only: what outgrows the budget now is that record's fault. */
  readonly isLastResort: boolean
  readonly maxRetries: number
}

/** Of all frames of a call. */
function bytesOf(feeds: readonly Feed[]): number {
  let bytes = 0
  for (let i = 0; i < feeds.length; i++) bytes += feeds[i].frame.length
  return bytes
}

/** Of a frame a third: what it costs to give it as text is less than it saves from there on. */
const leastTextShare = 3

/** Whether so much of the frames is read as text that they should be given as text too. */
export function isMuchText(readBytes: number, feeds: readonly Feed[]): boolean {
  return readBytes * leastTextShare > bytesOf(feeds)
}

/** The frames of a call that the worker gave; undefined where it did not. */
export function sourcesOf(feeds: readonly Feed[]): readonly Uint8Array[] | undefined {
  const sources = makeList<Uint8Array>()
  for (let i = 0; i < feeds.length; i++) {
    // A later node's records, which have origins, never were in the worker.
    if (feeds[i].origins !== undefined) return undefined
    sources[i] = feeds[i].frame
  }
  return sources
}

export function originOf(feed: Feed, index: number): number {
  return feed.origins === undefined ? feed.firstOrigin + index : feed.origins[index]
}

/** Counts a record in; late is one below the watermark that its source partition had just before it. */
export function countIn(run: RunContext, feed: Feed, cursor: BatchCursor): void {
  run.tally.recordsIn += 1
  if (cursor.headerCount > 0) run.traces.look(feed.number, cursor, run.tally)
  if (cursor.timestamp < cursor.watermark) run.tally.late += 1
}
