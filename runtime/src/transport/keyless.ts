import { BatchCursor } from "@millrace/sdk/record"
import { TransportError } from "./transport.ts"

/** Of two records without a key neither is newer. */
export function hasKeyless(frame: Uint8Array): boolean {
  const cursor = new BatchCursor(frame)
  while (cursor.next()) if (cursor.keyStart < 0 && !cursor.isControl) return true
  return false
}

/** `task`: who gave it, in words. */
export function keylessError(task: string, topic: string): TransportError {
  return new TransportError({
    reason: "keyless",
    message:
      `task ${task} gave the compacted stream ${topic} a record without a key: it keeps the newest record of each key. ` +
      `Give its output a key that is never null, or take compact: away from it.`
  })
}
