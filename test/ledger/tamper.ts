import type { Segment, SandboxPoolShape } from "@millrace/sandbox"
import { BatchCursor, BatchWriter, openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"

/** What becomes of a record: it is gone, or there twice. */
export type Harm = "lost" | "repeated"

/** A frame with one record less or more; no count but the frame's own tells. */
export const harmed = (frame: Uint8Array, place: number, harm: Harm): Uint8Array => {
  const header = openBatch(frame)
  const cursor = new BatchCursor(frame)
  const writer = new BatchWriter()
  writer.begin(header.schemaHash, header.baseTimestamp)
  writer.setWatermark(header.watermark)
  while (cursor.next()) {
    const times = cursor.index !== place ? 1 : harm === "lost" ? 0 : 2
    for (let time = 0; time < times; time++) writer.appendRaw(cursor)
  }
  return writer.finish()
}

export interface CallHarm {
  /** Which calls: segments by the beginning of their id, `PIPELINE/HEAD/`. */
  readonly segment: string
  readonly side: "given" | "answered"
  readonly harm: Harm
  /** Chooses among `count` records of a call's first frame. */
  readonly choose: (count: number) => number
}

/** A pool in which one call of a segment is harmed on its way in or back: the first that has a record to harm. */
export const harmingPool = (
  pool: SandboxPoolShape,
  wanted: CallHarm,
  onHarm: () => void
): SandboxPoolShape => {
  let isDone = false
  const once = <F extends { readonly frame: Uint8Array }>(frames: readonly F[]): readonly F[] => {
    const [first, ...rest] = frames
    const count = first === undefined ? 0 : openBatch(first.frame).count
    if (isDone || first === undefined || count === 0) return frames
    isDone = true
    onHarm()
    return [{ ...first, frame: harmed(first.frame, wanted.choose(count), wanted.harm) }, ...rest]
  }
  const harming = (segment: Segment): Segment => ({
    sourcePartitions: (host) => segment.sourcePartitions(host),
    commitSink: (token, info, host) => segment.commitSink(token, info, host),
    recoverSink: (token, info, host) => segment.recoverSink(token, info, host),
    call: (call, host) => {
      const { head } = call
      const given =
        wanted.side === "given" && head.kind === "records"
          ? { ...call, head: { ...head, inputs: once(head.inputs) } }
          : call
      const answer = segment.call(given, host)
      return wanted.side === "given"
        ? answer
        : Effect.map(answer, (result) => ({ ...result, outputs: once(result.outputs) }))
    }
  })
  return {
    ...pool,
    open: (spec) =>
      spec.id.startsWith(wanted.segment) ? Effect.map(pool.open(spec), harming) : pool.open(spec)
  }
}
