import { batchBytes, readHead } from "./record-batch/batch-head.ts"
import { readRecordBatches } from "./record-batch/read-record-batches.ts"

const mostBatchBytes = 64 * 1024 * 1024
const noHash = new Uint8Array(32)

/**
 * Frames of a partition as their transactions are committed, read without waiting for any other's: each batch is held until its own
 * producer's marker. What a reader of committed records sees ends at the first transaction that is open, whoever's it is.
 */
export class SettledFrames {
  /** The offset after what was taken. */
  next = 0n
  private readonly open: Map<bigint, Uint8Array[]> = new Map()

  /** Takes the bytes of a fetch of uncommitted records from {@link next} on; answers the frames that are committed by now. */
  take(bytes: Uint8Array): readonly Uint8Array[] {
    const settled: Uint8Array[] = []
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    for (let at = 0; ;) {
      const size = batchBytes(view, at, mostBatchBytes)
      if (size === undefined || at + size > bytes.length) return settled
      const { isTransactional, lastOffset, producerId } = readHead(bytes, view, at, at + size, true)
      const batch = bytes.subarray(at, at + size)
      at += size
      if (lastOffset < this.next) continue
      const { items } = readRecordBatches(batch, { from: this.next, schemaHash: () => noHash })
      for (const item of items) {
        if (item.kind === "frame") (isTransactional ? this.held(producerId) : settled).push(item.frame)
        else if (item.kind === "marker") settled.push(...this.settle(item.producerId, item.type))
      }
      this.next = lastOffset + 1n
    }
  }

  /** Whether frames of the producer were taken whose transaction's marker was not. */
  isOpen(producerId: bigint): boolean {
    return this.open.has(producerId)
  }

  private held(producerId: bigint): Uint8Array[] {
    const known = this.open.get(producerId)
    if (known !== undefined) return known
    const made: Uint8Array[] = []
    this.open.set(producerId, made)
    return made
  }

  private settle(producerId: bigint, type: "commit" | "abort" | "other"): readonly Uint8Array[] {
    if (type === "other") return []
    const held = this.open.get(producerId) ?? []
    this.open.delete(producerId)
    return type === "commit" ? held : []
  }
}
