import { AbortedTransactions } from "./aborted-transactions.ts"
import type { AbortedTransaction } from "./aborted-transactions.ts"
import { batchBytes, readHead } from "./batch-head.ts"
import type { BatchHead } from "./batch-head.ts"
import { batchHeaderBytes } from "./batch-layout.ts"
import { markerType, recordsOf } from "./batch-records.ts"
import type { ReadBatches } from "./read-result.ts"
import { RecordBatchFault } from "./record-batch-fault.ts"
import type { RecordCursor } from "./record-cursor.ts"
import { RecordsReader } from "./records-reader.ts"

export interface ReadOptions {
  /** The offset that was asked for: what ends before it is left out. */
  readonly from: bigint
  /** Hash of a schema's text by its id in the registry; undefined where it is not known yet. */
  readonly schemaHash: (schemaId: number) => Uint8Array | undefined
  /** Those that the fetch answer names, for a reader of committed records; absent: all records are given. */
  readonly aborted?: readonly AbortedTransaction[]
  /** Of a batch, as it comes and decompressed: a greater one is refused. 64 MiB if absent. */
  readonly maxBatchBytes?: number
  /** Reading ends, at an item's end, where the items have come to so many bytes. 64 MiB if absent. */
  readonly maxBytes?: number
  /** Whether each batch's CRC is checked; it is if absent. */
  readonly checkCrc?: boolean
}

const usualMaxBytes = 64 * 1024 * 1024

/**
 * Reads the records of a fetch answer (docs/formats/kafka.md). What is at fault in a batch is thrown as a {@link RecordBatchFault}
 * when that batch is the first to be read: behind others, reading ends before it, and the fetch that `next` asks for meets it again.
 * Every length is checked before it is used, and what is allocated is bounded by the bytes and the limits.
 */
export function readRecordBatches(bytes: Uint8Array, options: ReadOptions): ReadBatches {
  const walk = new BatchWalk(bytes, options)
  for (;;) {
    const read = walk.itemCount
    try {
      if (!walk.step()) return walk.result()
    } catch (fault) {
      if (!(fault instanceof RecordBatchFault) || walk.next === options.from) throw fault
      return walk.result(read)
    }
  }
}

/** Goes from batch to batch; `next` moves when all of a batch was read. */
class BatchWalk {
  next: bigint
  private at: number
  /** The offset after the batch before; undefined before the first. */
  private end: bigint | undefined
  private cutOffBytes: number
  private readonly bytes: Uint8Array
  private readonly view: DataView
  private readonly options: ReadOptions
  private readonly maxBatchBytes: number
  private readonly reader: RecordsReader
  private readonly aborted: AbortedTransactions

  constructor(bytes: Uint8Array, options: ReadOptions) {
    const {
      aborted = [],
      from,
      maxBatchBytes = usualMaxBytes,
      maxBytes = usualMaxBytes,
      schemaHash
    } = options
    this.next = from
    this.at = 0
    this.end = undefined
    this.cutOffBytes = 0
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.options = options
    this.maxBatchBytes = maxBatchBytes
    this.reader = new RecordsReader({ from, maxBytes, schemaHash })
    this.aborted = new AbortedTransactions(aborted)
  }

  get itemCount(): number {
    return this.reader.items.length
  }

  /** What was read; `items`: only so many of them. */
  result(items: number = this.itemCount): ReadBatches {
    const { cutOffBytes, next } = this
    const drafts = this.reader.items.slice(0, items)
    return {
      items: drafts.map((draft, index) => ({ ...draft, next: drafts[index + 1]?.offset ?? next })),
      next,
      cutOffBytes
    }
  }

  /** Reads one batch; answers false where none follows. */
  step(): boolean {
    if (this.at === this.bytes.length || this.reader.isFull) return false
    const size = batchBytes(this.view, this.at, this.maxBatchBytes)
    if (size === undefined || size > this.bytes.length - this.at) {
      this.cutOffBytes = size ?? batchHeaderBytes
      return false
    }
    const head = readHead(this.bytes, this.view, this.at, this.at + size, this.options.checkCrc ?? true)
    if (this.end !== undefined && head.baseOffset < this.end)
      throw new RecordBatchFault("KAFKA_BATCH_LENGTH", head.baseOffset, 0, `it follows offset ${this.end}`)
    const stop = this.readBatch(head)
    this.at += size
    this.end = head.lastOffset + 1n
    const next = stop ?? this.end
    if (next > this.next) this.next = next
    return stop === undefined
  }

  private readBatch(head: BatchHead): bigint | undefined {
    if (this.aborted.isAborted(head)) return undefined
    if (head.isControl) this.readMarkers(head)
    else if (head.lastOffset >= this.options.from) return this.reader.read(head, this.records(head))
    return undefined
  }

  private readMarkers(head: BatchHead): void {
    const records = this.records(head)
    const { baseOffset, producerEpoch, producerId } = head
    while (records.next()) {
      const type = markerType(records)
      if (type === "abort") this.aborted.endOf(producerId)
      const offset = baseOffset + BigInt(records.offsetDelta)
      this.reader.mark({ kind: "marker", offset, type, producerId, producerEpoch })
    }
  }

  private records(head: BatchHead): RecordCursor {
    return recordsOf(this.bytes, head, this.maxBatchBytes)
  }
}
