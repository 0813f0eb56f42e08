/** What a fetch answer's records came to. */
export interface ReadBatches {
  /** In the order of their offsets. */
  readonly items: readonly ReadItem[]
  /**
   * The offset after all that was read, what was left out included: where to fetch next. The same as was asked for while no batch
   * is whole.
   */
  readonly next: bigint
  /** Bytes of a last batch that is cut off, where that much is known; 0: none is. A fetch for `next` has to take as many. */
  readonly cutOffBytes: number
}

export type ReadItem = ReadFrame | RefusedRecord | TransactionMarker

interface Placed {
  /** Of its first record. */
  readonly offset: bigint
  /** Of the item behind it, or the result's `next`: what lies between has been left out, or is no record. */
  readonly next: bigint
}

/**
 * Records of one batch and one schema as a batch frame (docs/formats/batch.md), CRC 0. What compaction took from among them are gaps.
 * The first frame may begin before the offset that was asked for.
 */
export interface ReadFrame extends Placed {
  readonly kind: "frame"
  readonly frame: Uint8Array
  /** Of its values, in the schema registry; undefined where a foreign producer wrote nothing but deletes. */
  readonly schemaId: number | undefined
  /** Whether the frame has the schema's hash; else it is zeros, for the caller to fill in. */
  readonly hasSchemaHash: boolean
}

/** A record that cannot stand in a frame, as it came. */
export interface RefusedRecord extends Placed {
  readonly kind: "refused"
  readonly reason: RefusalReason
  /** Milliseconds since 1970. */
  readonly timestamp: bigint
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly (readonly [name: Uint8Array, value: Uint8Array | null])[]
}

/**
 * `noSchemaId`: its value does not begin with a zero and a schema's id · `timestamp`: it, or its watermark, is beyond ±(2^53 - 1) ms ·
 * `headerName`: not UTF-8 · `tooLarge`: no frame holds so many bytes.
 */
export type RefusalReason = "noSchemaId" | "timestamp" | "headerName" | "tooLarge"

/** The end of a transaction, or another control record of Kafka's. It takes an offset and is no record. */
export interface TransactionMarker extends Placed {
  readonly kind: "marker"
  readonly type: "commit" | "abort" | "other"
  readonly producerId: bigint
  readonly producerEpoch: number
}
