import { BatchCursor, openBatch } from "@millrace/sdk/record"
import { rawRecord } from "../raw-record.ts"
import type { LogBatch, UnreadRecord } from "../transport.ts"
import { TransportError } from "../transport.ts"
import { gapFrame } from "../gaps.ts"
import type { ReadBatches, ReadFrame, RefusalReason, RefusedRecord } from "./record-batch/read-result.ts"

/** Offsets that one gap stands for at most. */
const mostGone = 1_000_000_000n

export interface BatchesOptions {
  readonly topic: string
  /** A named stream, which others may write to: what cannot be read there is told with its batch. */
  readonly isStream: boolean
  /** Whether the registry has no schema of this id. */
  readonly isUnknown: (schemaId: number) => boolean
}

/**
 * What was read as batches that follow each other, the first one from `from` or before: where Kafka has no record, but a marker, or
 * what was aborted, there is a gap. Throws `corrupt` for what somebody else wrote into a topic of ours that is no stream.
 */
export function logBatches(
  { isStream, isUnknown, topic }: BatchesOptions,
  from: bigint,
  { items, next }: ReadBatches
): readonly LogBatch[] {
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
  const push = (batch: LogBatch): void => {
    batches.push(batch)
    at = batch.baseOffset + BigInt(openBatch(batch.frame).count)
  }
  for (const item of items) {
    if (item.kind === "marker") continue
    passTo(item.offset)
    if (item.kind === "refused") {
      if (!isStream) throw refused(topic, item.offset, item.reason)
      push({ baseOffset: item.offset, frame: gapFrame(1), unread: [unreadable(topic, item)] })
    } else if (isStream && isForeign(item) && item.schemaId !== undefined && isUnknown(item.schemaId))
      push({
        baseOffset: item.offset,
        frame: gapFrame(openBatch(item.frame).count),
        unread: unknownSchema(topic, item, item.schemaId)
      })
    else push({ baseOffset: item.offset, frame: item.frame })
  }
  passTo(next)
  return batches
}

/** No node of ours made it. Where ours name a schema that is not known, the registry lacks it, and no record is at fault. */
const isForeign = ({ frame }: ReadFrame): boolean => openBatch(frame).producer === 0

const reasons: { readonly [reason in RefusalReason]: string } = {
  noSchemaId: "its value does not begin with a byte 0 and the id of a schema",
  timestamp: "its time is beyond what is counted in milliseconds",
  headerName: "a header's name is no UTF-8",
  tooLarge: "it has more than 8 MiB"
}

const unreadable = (topic: string, record: RefusedRecord): UnreadRecord => ({
  offset: record.offset,
  code: "RECORD_UNREADABLE",
  message: `${topic}@${record.offset}: another program wrote a record that is none of this stream: ${reasons[record.reason]}`,
  raw: rawRecord(record)
})

function unknownSchema(topic: string, { frame, offset }: ReadFrame, id: number): readonly UnreadRecord[] {
  const cursor = new BatchCursor(frame)
  const unread: UnreadRecord[] = []
  while (cursor.next()) {
    const at = offset + BigInt(cursor.index)
    unread.push({
      offset: at,
      code: "SCHEMA_UNKNOWN",
      message: `${topic}@${at}: another program wrote a record with schema ${id}, which the schema registry does not have`,
      raw: rawRecord({ timestamp: cursor.timestamp, key: cursor.key(), value: cursor.value() })
    })
  }
  return unread
}

function refused(topic: string, offset: bigint, reason: string): TransportError {
  return new TransportError({
    reason: "corrupt",
    message: `${topic}@${offset}: the record is not one of Millrace's (${reason}), which alone writes this topic; take it out`
  })
}
