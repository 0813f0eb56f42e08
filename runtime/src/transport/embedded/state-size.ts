import type { StateSize } from "../transport.ts"
import { valuePrefixBytes } from "./value.ts"

const lastBytes = 8
const sizeBytes = 16

/** Both together; undefined where one is not known. */
export function addSizes(a: StateSize | undefined, b: StateSize | undefined): StateSize | undefined {
  return a === undefined || b === undefined
    ? undefined
    : { entries: a.entries + b.entries, bytes: a.bytes + b.bytes }
}

/** The number of the last folded delta, and what the state came to then: a row of `folded` (docs/formats/commit.md). */
export function foldedRow(last: number, size: StateSize | undefined): Buffer {
  const row = Buffer.alloc(size === undefined ? lastBytes : lastBytes + sizeBytes)
  row.writeBigUInt64LE(BigInt(last), 0)
  if (size !== undefined) {
    row.writeBigUInt64LE(BigInt(size.entries), lastBytes)
    row.writeBigUInt64LE(BigInt(size.bytes), lastBytes + 8)
  }
  return row
}

/** Rows of before sizes were counted have none, and go on without. */
export function readFoldedRow(row: Buffer): { readonly last: number; readonly size: StateSize | undefined } {
  const last = Number(row.readBigUInt64LE(0))
  if (row.length < lastBytes + sizeBytes) return { last, size: undefined }
  const entries = Number(row.readBigUInt64LE(lastBytes))
  return { last, size: { entries, bytes: Number(row.readBigUInt64LE(lastBytes + 8)) } }
}

/** Follows a state's size through the changes of one fold. Lengths are of what is stored. */
export class SizeChange {
  private entries = 0
  private bytes = 0

  put(keyLength: number, valueLength: number, before: number | undefined): void {
    if (before !== undefined) this.bytes += valueLength - (before - valuePrefixBytes)
    else {
      this.entries += 1
      this.bytes += keyLength + valueLength
    }
  }

  remove(keyLength: number, before: number | undefined): void {
    if (before === undefined) return
    this.entries -= 1
    this.bytes -= keyLength + before - valuePrefixBytes
  }

  on(size: StateSize | undefined): StateSize | undefined {
    return size === undefined
      ? undefined
      : { entries: size.entries + this.entries, bytes: size.bytes + this.bytes }
  }
}
