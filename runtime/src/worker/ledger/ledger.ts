import type { InputFrame, NodeCounts, SegmentResult } from "@millrace/sandbox"
import { openBatch, timerInput } from "@millrace/sdk/record"

// The ledger holds each count against another that was made elsewhere: what the worker handed over against what the guest
// counted in, what the guest counted out against what came back, and at a node in = handled + filtered + failed. Only what does not
// balance is kept, by place, with the commit of its batch: a ledger that is empty costs nothing.

/** Records that are not accounted for at a place: lost ones are positive, repeated ones negative. */
export interface Imbalances {
  readonly [place: string]: number
}

/** What one call of a segment leaves unaccounted. `inputs`: undefined for a source, which reads on by itself. */
export function callImbalances(
  inputs: readonly InputFrame[] | undefined,
  result: Pick<SegmentResult, "counts" | "outputs">,
  isSink: boolean
): Imbalances {
  const { counts, outputs } = result
  const found: { [place: string]: number } = Object.create(null)
  const note = (place: string, records: number): void => {
    if (records !== 0) found[place] = (found[place] ?? 0) + records
  }
  const first = counts[0]
  const last = counts.at(-1)
  if (first === undefined || last === undefined) return found
  if (inputs !== undefined) note(`into ${first.node}`, recordsOf(inputs) - first.recordsIn)
  counts.forEach((count, index) => {
    note(`at ${count.node}`, count.recordsIn - count.handled - count.filtered - count.failed)
    const next: NodeCounts | undefined = counts[index + 1]
    if (next !== undefined) note(`from ${count.node} to ${next.node}`, count.recordsOut - next.recordsIn)
  })
  if (!isSink) note(`out of ${last.node}`, last.recordsOut - framed(outputs))
  return found
}

/** Timers go in as records, but none of a topic's: nodes do not count them. */
function recordsOf(inputs: readonly InputFrame[]): number {
  return framed(inputs.filter(({ input }) => input !== timerInput))
}

/** Records in frames that hold no control records. */
export function framed(frames: readonly { readonly frame: Uint8Array }[]): number {
  return frames.reduce((sum, { frame }) => sum + openBatch(frame).count, 0)
}

/** Both together; a place that comes out even is left out. */
export function addImbalances(a: Imbalances, b: Imbalances): Imbalances {
  const names = Object.keys(b)
  if (names.length === 0) return a
  const sum: { [place: string]: number } = Object.assign(Object.create(null), a)
  for (const name of names) {
    const records = (sum[name] ?? 0) + (b[name] ?? 0)
    if (records === 0) delete sum[name]
    else sum[name] = records
  }
  return sum
}
