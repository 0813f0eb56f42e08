import type { BatchHead } from "./batch-head.ts"

/** Of a fetch answer: a transaction of which records are in its range, and which was aborted. */
export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: bigint
}

/**
 * Which batches a reader of committed records leaves out, as Java's consumer decides it (CompletedFetch.java): from a transaction's
 * first offset on, its producer's transactional batches are aborted until an abort marker ends it, which may come in a later fetch,
 * whose answer then names the transaction again. A producer has one transaction at a time, and may abort several in one answer.
 * Batches are shown in the order of their offsets, each once.
 */
export class AbortedTransactions {
  /** By first offset, the last of them next. */
  private readonly toCome: AbortedTransaction[]
  private readonly producers: Set<bigint>

  constructor(transactions: readonly AbortedTransaction[]) {
    this.toCome = [...transactions].sort((a, b) => (a.firstOffset > b.firstOffset ? -1 : 1))
    this.producers = new Set()
  }

  /** Whether the records of a batch are aborted. */
  isAborted(head: BatchHead): boolean {
    for (let next = this.toCome.at(-1); next !== undefined; next = this.toCome.at(-1)) {
      if (next.firstOffset > head.lastOffset) break
      this.producers.add(next.producerId)
      this.toCome.pop()
    }
    return head.isTransactional && !head.isControl && this.producers.has(head.producerId)
  }

  /** An abort marker of the producer stands behind what was shown. */
  endOf(producerId: bigint): void {
    this.producers.delete(producerId)
  }
}
