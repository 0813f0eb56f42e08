import { openBatch } from "@millrace/sdk/record"
import type { LogBatch } from "../transport.ts"
import { TransportError } from "../transport.ts"
import { gapFrame } from "../gaps.ts"
import type { ReadBatches } from "./record-batch/read-result.ts"

/** Offsets that one gap stands for at most. */
const mostGone = 1_000_000_000n

/**
 * What was read as batches that follow each other, the first one from `from` or before: where Kafka has no record, but a marker, or
 * what was aborted, there is a gap. Throws `corrupt` for what somebody else wrote into a topic of ours.
 */
export function logBatches(topic: string, from: bigint, { items, next }: ReadBatches): readonly LogBatch[] {
  const batches: LogBatch[] = []
  let at = items[0] !== undefined && items[0].offset < from ? items[0].offset : from
  const passTo = (offset: bigint): void => {
    while (at < offset) {
      const gone = offset - at < mostGone ? offset - at : mostGone
      // Behind nearly every batch, for its transaction's marker: the batch itself stays as it came, and is copied by nobody.
      batches.push({ baseOffset: at, frame: gapFrame(Number(gone)) })
      at += gone
    }
  }
  for (const item of items) {
    if (item.kind === "refused") throw refused(topic, item.offset, item.reason)
    if (item.kind === "marker") continue
    passTo(item.offset)
    batches.push({ baseOffset: item.offset, frame: item.frame })
    at = item.offset + BigInt(openBatch(item.frame).count)
  }
  passTo(next)
  return batches
}

function refused(topic: string, offset: bigint, reason: string): TransportError {
  return new TransportError({
    reason: "corrupt",
    message: `${topic}@${offset}: the record is not one of Millrace's (${reason}), which alone writes this topic; read it by the kafka source, or take it out`
  })
}
