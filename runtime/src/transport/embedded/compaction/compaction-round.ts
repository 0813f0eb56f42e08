import { BatchCursor, openBatch } from "@millrace/sdk/record"
import type { LogBatch } from "../../transport.ts"
import { frameCostBytes } from "./frame-cost.ts"
import { compactFrame, extendSealed } from "./compacted-frame.ts"
import { KeyOffsets } from "./key-offsets.ts"
import { ProducersSeen } from "./producers-seen.ts"
import { Turn } from "./turn.ts"

const mostRemovals = 64
/** A frame beyond it is not written again only to take in the offsets of emptied frames. */
const mostExtendedBytes = 64 * 1024

/** A partition as a round finds it. */
export interface RoundInput {
  /** The batch that holds an offset; undefined at the end. */
  readonly read: (offset: bigint) => LogBatch | undefined
  readonly start: bigint
  readonly end: bigint
  /** Up to here a round has looked for the newest of each key. */
  readonly clean: bigint
  /** Deletes below it have been told for long enough, and go. */
  readonly deletesBelow: bigint
  readonly mostKeys: number
  /** What one transaction writes anew, about: a frame that is larger goes alone. */
  readonly stepBytes: number
  /** How many times as much has come as makes a round due; 1 where it keeps up. */
  readonly behind: number
}

/** Neighbouring frames of which the first stays. INVARIANT: it takes in the offsets of the others, which go with it or not at all. */
export interface FrameRun {
  readonly base: bigint
  /** What takes its place; undefined: it stays as it is. */
  readonly frame: Buffer | undefined
  readonly gone: readonly bigint[]
  /** Bytes of frames less than before. */
  readonly freed: number
}

export interface RoundResult {
  /** How far it came: less than the end where there were more keys than it may remember. */
  readonly clean: bigint
  /** Bytes of the frames between there and where it began. */
  readonly looked: number
  /** Bytes of all frames up to there, as they are now. */
  readonly kept: number
}

/** Runs of frames to be changed in one transaction; undefined where others may have their turn. */
export type RoundStep = { readonly runs: readonly FrameRun[]; readonly bytes: number } | undefined

/**
 * Goes twice through a partition, as Kafka's log cleaner does: notes the newest offset of each key that came since the last
 * round, then writes the frames anew that have records with a newer one. The newest frame stays out of it. Whatever is
 * written of it, each key keeps its newest record: a round may end anywhere. Throws what `read` throws.
 */
export function* compactionRound(input: RoundInput): Generator<RoundStep, RoundResult> {
  const end = input.end === 0n ? 0n : (input.read(input.end - 1n)?.baseOffset ?? 0n)
  const room = Number(end - input.clean)
  const keys = new KeyOffsets(Math.max(1, Math.min(input.mostKeys, room)))
  const notes: Notes = { keys, seen: new ProducersSeen(), turn: new Turn(input.behind) }
  const { clean, looked } = yield* noteNewest(input, end, notes)
  const isGone = (batch: LogBatch) => {
    const base = Number(batch.baseOffset)
    const isOld = notes.seen.isSuperseded(batch.frame, batch.baseOffset)
    const deletesBelow = Number(input.deletesBelow)
    return (cursor: BatchCursor): boolean => {
      if (cursor.isControl) return isOld
      // A record without a key has none that is newer.
      if (cursor.keyStart < 0) return false
      const offset = base + cursor.index
      if (cursor.isTombstone && offset < deletesBelow) return true
      return offset < keys.newest(cursor.frame, cursor.keyStart, cursor.keyEnd)
    }
  }
  const kept = yield* rewrite({ ...input, end: clean }, notes, isGone)
  return { clean, looked, kept }
}

interface Notes {
  readonly keys: KeyOffsets
  readonly seen: ProducersSeen
  readonly turn: Turn
}

function* noteNewest(
  input: RoundInput,
  end: bigint,
  notes: Notes
): Generator<undefined, { readonly clean: bigint; readonly looked: number }> {
  let looked = 0
  for (let at = input.start; at < end;) {
    const batch = input.read(at)
    if (batch === undefined) break
    notes.seen.note(batch.frame, batch.baseOffset)
    at = batch.baseOffset + BigInt(openBatch(batch.frame).count)
    if (notes.turn.frame(batch.frame)) yield
    if (at <= input.clean) continue
    const full = yield* noteKeys(batch, Number(input.clean), notes)
    if (full !== undefined) return { clean: BigInt(full), looked }
    looked += batch.frame.length
  }
  return { clean: end, looked }
}

/** Answers the offset of a record for whose key there was no room. */
function* noteKeys(
  { baseOffset, frame }: LogBatch,
  from: number,
  { keys, turn }: Notes
): Generator<undefined, number | undefined> {
  const cursor = new BatchCursor(frame)
  const base = Number(baseOffset)
  while (cursor.next()) {
    if (turn.record()) yield
    const offset = base + cursor.index
    if (offset < from || cursor.keyStart < 0) continue
    if (!keys.note(frame, cursor.keyStart, cursor.keyEnd, offset)) return offset
  }
  return undefined
}

/** The frame that stands last so far, and what it takes in. */
interface OpenRun {
  readonly base: bigint
  readonly before: number
  readonly frame: Buffer
  readonly isChanged: boolean
  more: number
  readonly gone: bigint[]
  goneBytes: number
}

/** Answers the bytes that are left. */
function* rewrite(
  input: RoundInput,
  { seen, turn }: Notes,
  isGone: (batch: LogBatch) => (cursor: BatchCursor) => boolean
): Generator<RoundStep, number> {
  let runs: FrameRun[] = []
  let bytes = 0
  let kept = 0
  let open: OpenRun | undefined
  /** Ends the open run; answers its frame as it is then. */
  const close = (run: OpenRun): Buffer => {
    const frame = run.more === 0 ? run.frame : extendSealed(run.frame, run.more)
    if (!run.isChanged && run.more === 0) return frame
    runs.push({
      base: run.base,
      frame,
      gone: run.gone,
      freed: run.before + run.goneBytes - frame.length
    })
    bytes += frame.length + run.gone.length * frameCostBytes
    return frame
  }
  for (let at = input.start; at < input.end;) {
    const batch = input.read(at)
    if (batch === undefined) break
    const { baseOffset: base } = batch
    const { count } = openBatch(batch.frame)
    const cut = yield* compactFrame(batch.frame, isGone(batch), turn)
    at = base + BigInt(count)
    if (turn.frame(batch.frame)) yield
    const isEmpty = cut.records === 0 && seen.isSuperseded(batch.frame, base)
    if (isEmpty && open !== undefined && open.frame.length <= mostExtendedBytes) {
      open.more += count
      open.gone.push(base)
      open.goneBytes += batch.frame.length
      if (open.gone.length >= mostRemovals) open = begun(open.base, close(open))
    } else {
      if (open !== undefined) kept += close(open).length
      open = begun(base, cut.frame, cut.isChanged ? batch.frame.length : undefined)
    }
    if (bytes >= input.stepBytes) {
      yield { runs, bytes }
      runs = []
      bytes = 0
    }
  }
  if (open !== undefined) kept += close(open).length
  if (runs.length > 0) yield { runs, bytes }
  return kept
}

/** `before`: the bytes that it had, where it was changed. */
function begun(base: bigint, frame: Buffer, before?: number): OpenRun {
  return {
    base,
    before: before ?? frame.length,
    frame,
    isChanged: before !== undefined,
    more: 0,
    gone: [],
    goneBytes: 0
  }
}
