import { BatchCursor } from "@millrace/sdk/record"
import { Uint8ArrayOf } from "../realm/primordials.ts"
import type { RecordSource } from "./record-in-hand.ts"

/**
 * What a record of a pass tells, asked of the realm where the pass's cursor stands. INVARIANT: between the realms go functions of their
 * harnesses and numbers, so that no plugin gets hold of what is another realm's.
 */
export interface RecordTeller {
  readonly index: () => number
  readonly timestamp: () => number
  readonly watermark: () => number
  readonly keyStart: () => number
  readonly keyEnd: () => number
  readonly headersStart: () => number
  readonly headersEnd: () => number
  readonly headerCount: () => number
}

const noBytes = new Uint8ArrayOf(0)
const zero = (): number => 0
const none = (): number => -1
const nothingTold: RecordTeller = {
  index: zero,
  timestamp: zero,
  watermark: zero,
  keyStart: none,
  keyEnd: none,
  headersStart: zero,
  headersEnd: zero,
  headerCount: zero
}

/** Stands for a cursor that is in another realm. */
export class FarCursor implements RecordSource {
  /** The cursor's, in this realm. */
  frame: Uint8Array = noBytes
  tell: RecordTeller = nothingTold

  get index(): number {
    return this.tell.index()
  }

  get timestamp(): number {
    return this.tell.timestamp()
  }

  get watermark(): number {
    return this.tell.watermark()
  }

  get keyStart(): number {
    return this.tell.keyStart()
  }

  get keyEnd(): number {
    return this.tell.keyEnd()
  }

  key(): Uint8Array | null {
    const start = this.keyStart
    return start < 0 ? null : this.frame.slice(start, this.keyEnd)
  }

  headers(): (readonly [name: string, value: Uint8Array])[] {
    const cursor = new BatchCursor(this.frame)
    cursor.headersStart = this.tell.headersStart()
    cursor.headersEnd = this.tell.headersEnd()
    cursor.headerCount = this.tell.headerCount()
    return cursor.headers()
  }
}
