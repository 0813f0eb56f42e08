import { BatchCursor } from "@millrace/sdk/record"
import type { GuestKeyOf, GuestView } from "./codec-shape.ts"
import { keyIdOf } from "./key-id.ts"
import { mapDelete, mapGet, MapOf, mapSet } from "../realm/primordials.ts"

/** A lookup table that is whole in the guest: rows as bytes by key, decoded anew at each lookup so that no body can change one. */
export class LookupTable {
  private readonly view: GuestView
  private readonly keyOf: GuestKeyOf
  private readonly rows: Map<string, Uint8Array> = new MapOf()

  constructor(view: GuestView, keyOf: GuestKeyOf) {
    this.view = view
    this.keyOf = keyOf
  }

  /** Puts a frame's rows in, in order; a tombstone takes one out. Throws a FrameFault when the frame is malformed. */
  apply(frame: Uint8Array): void {
    const cursor = new BatchCursor(frame)
    while (cursor.next()) {
      if (cursor.isControl) continue
      const id = keyIdOf(frame, cursor.keyStart, cursor.keyEnd)
      if (cursor.isTombstone) mapDelete(this.rows, id)
      else mapSet(this.rows, id, frame.slice(cursor.valueStart, cursor.valueEnd))
    }
  }

  lookup(argument: unknown): unknown {
    const key = this.keyOf.keyOf(argument)
    if (key === null) return undefined
    const row = mapGet(this.rows, keyIdOf(key, 0, key.length))
    return row === undefined ? undefined : this.view.read(row, 0, row.length)
  }
}
