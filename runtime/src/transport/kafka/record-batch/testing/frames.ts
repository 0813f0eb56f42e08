import { BatchWriter, BatchCursor, sealBatch } from "@millrace/sdk/record"
import type { RecordParts } from "@millrace/sdk/record"
import * as fc from "fast-check"
import { crc32c } from "../crc32c/crc32c.ts"
import { attributesAt, crcAt } from "../batch-layout.ts"
import type { ReadOptions } from "../read-record-batches.ts"
import type { ReadFrame, ReadItem } from "../read-result.ts"

export const schemaId = 0x0102_0304
export const schemaHash = Uint8Array.from({ length: 32 }, (_, index) => index + 1)

/** Reads from the beginning, and knows every schema. */
export const readAll: ReadOptions = { from: 0n, schemaHash: () => schemaHash }

/** A record as tests say it; `control`: of a control record, which has no key and no value. */
export interface Entry extends RecordParts {
  readonly value: Uint8Array | null
  readonly control?: 1 | 2 | 3
}

export const text = (value: string): Uint8Array => new TextEncoder().encode(value)
export const utf8 = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : new TextDecoder().decode(bytes)

const instant = fc.oneof(
  fc.integer({ min: -5_000, max: 5_000 }),
  fc.integer({ min: 1_600_000_000_000, max: 1_700_000_000_000 }),
  fc.integer({ min: -(2 ** 51), max: 2 ** 51 })
)
const ownName = fc.constantFrom("millrace.batch", "millrace.watermark", "millrace.control")
const headerName = fc.oneof(
  fc.string({ maxLength: 8, unit: "grapheme" }),
  fc.tuple(fc.constantFrom("", "~", "~~", "-"), ownName).map((parts) => parts.join(""))
)
const headerValue = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.constantFrom(1, 8, 26).map((size) => new Uint8Array(size).fill(1))
)
const headers = fc.array(fc.tuple(headerName, headerValue), { maxLength: 3 })
const watermark = fc.oneof(fc.constant(-Infinity), instant)

const plain = fc.record({
  timestamp: instant,
  watermark,
  key: fc.option(fc.uint8Array({ maxLength: 100 })),
  headers: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: headers }),
  value: fc.option(fc.uint8Array({ maxLength: 400 }), { freq: 6 })
})
const controlled = fc
  .record({
    timestamp: instant,
    watermark,
    headers,
    control: fc.constantFrom(1 as const, 2 as const, 3 as const)
  })
  .map((parts) => ({ ...parts, key: null, value: null }))

/** Records with everything that a frame can have. */
export const entries: fc.Arbitrary<readonly Entry[]> = fc.array(
  fc.oneof({ weight: 8, arbitrary: plain }, { weight: 1, arbitrary: controlled }),
  { minLength: 1, maxLength: 30 }
)

export const origin = fc.record({
  producer: fc.integer({ min: 0, max: 0xffff_ffff }),
  partition: fc.integer({ min: 0, max: 0xffff }),
  sequence: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  watermark
})

/** A frame of the records; a control record is a plain one whose attributes are then changed. */
export function frameOf(records: readonly Entry[], base?: number): Uint8Array {
  const writer = new BatchWriter()
  writer.begin(schemaHash, base)
  for (const record of records)
    writer.append(record, record.control === undefined ? record.value : Uint8Array.of(record.control))
  const frame = writer.finish()
  const cursor = new BatchCursor(frame)
  const starts: number[] = []
  while (cursor.next()) starts.push(cursor.bodyStart)
  records.forEach(({ control }, index) => {
    if (control === undefined) return
    frame[starts[index]!]! |= 8
    frame[12] = 1
  })
  return frame
}

export const sealed = (frame: Uint8Array, by: Parameters<typeof sealBatch>[1]): Uint8Array => {
  sealBatch(frame, by)
  return frame
}

/** The batch at another offset, as a broker keeps it. */
export function at(offset: number, batch: Uint8Array): Buffer {
  const moved = Buffer.from(batch)
  moved.writeBigInt64BE(BigInt(offset), 0)
  return moved
}

/** Changes bytes that the CRC is over, and makes it right again. */
export function changed(batch: Uint8Array, change: (batch: Buffer) => void): Buffer {
  const copy = Buffer.from(batch)
  change(copy)
  copy.writeUInt32BE(crc32c(copy, attributesAt), crcAt)
  return copy
}

export const framesOf = (items: readonly ReadItem[]): readonly ReadFrame[] =>
  items.flatMap((item) => (item.kind === "frame" ? [item] : []))

/** Offset and value of every record that was read, as text. */
export const valuesOf = (items: readonly ReadItem[]): readonly (readonly [number, string | null])[] =>
  framesOf(items).flatMap(({ frame, offset }) => {
    const found: (readonly [number, string | null])[] = []
    const cursor = new BatchCursor(frame)
    while (cursor.next()) found.push([Number(offset) + cursor.index, utf8(cursor.value())])
    return found
  })
