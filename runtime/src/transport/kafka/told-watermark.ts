import { createHash } from "node:crypto"
import { BatchWriter, noWatermark, openBatch } from "@millrace/sdk/record"
import type { OutgoingFrame } from "./task-transaction.ts"

/** As the worker writes control records. */
const controlSchemaHash = new Uint8Array(createHash("sha256").update('"null"').digest())

/**
 * In a compacted topic, what a frame's watermark is told by: the frame's own header stands on its first record, which may go. Undefined
 * where nothing has to be told.
 */
export function toldWatermark(
  { frame, isCompacted = false }: OutgoingFrame,
  watermark: number | undefined,
  now: number
): Uint8Array | undefined {
  if (!isCompacted || watermark === undefined || watermark === noWatermark || openBatch(frame).hasControl)
    return undefined
  const writer = new BatchWriter(undefined, 256)
  writer.begin(controlSchemaHash)
  writer.appendControl("active", now)
  return writer.finish()
}
