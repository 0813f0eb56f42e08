/**
 * Why bytes are no record batch that can be read, or a frame none that can be written. Stable codes:
 * `KAFKA_BATCH_LENGTH` a length or count that does not add up · `KAFKA_BATCH_CRC` the bytes are not those that were written ·
 * `KAFKA_BATCH_FORMAT` another version of the format (magic) than 2 · `KAFKA_BATCH_CODEC` an unknown compression, or bytes that it
 * cannot have made · `KAFKA_BATCH_RECORD` a record within a sound batch is malformed · `KAFKA_BATCH_LIMIT` over a limit of the
 * reader's · `KAFKA_BATCH_EMPTY` a frame without records, which Kafka cannot hold · `KAFKA_BATCH_GAPS` a frame of which a log has
 * dropped records, which no producer may write.
 */
export type RecordBatchFaultCode = keyof typeof remedies

const remedies = {
  KAFKA_BATCH_LENGTH:
    "Read it again; if it stays, the partition's log is damaged there: read on behind the batch, or restore the broker's replica.",
  KAFKA_BATCH_CRC:
    "Read it again; if it stays, the partition's log is damaged there: read on behind the batch, or restore the broker's replica.",
  KAFKA_BATCH_FORMAT:
    "Copy the topic with a client that writes Kafka 0.11's format or newer, or have the broker convert it (log.message.format.version).",
  KAFKA_BATCH_CODEC:
    "Have the producer use none, gzip, snappy, lz4 or zstd, as Kafka's own clients write them; or read on behind the batch.",
  KAFKA_BATCH_RECORD: "Find the producer that writes such records; read on behind the batch to leave it out.",
  KAFKA_BATCH_LIMIT: "Raise the limit, if batches of that size are meant; or read on behind the batch.",
  KAFKA_BATCH_EMPTY: "Write no batch for a frame that has no records.",
  KAFKA_BATCH_GAPS: "Copy the frame's records into one without gaps, and write that."
} as const

/**
 * Thrown by the writer and the reader of record batches. `message` says what and where; who knows the topic adds it.
 * A frame that is none is a `FrameFault` (`@millrace/sdk/record`).
 */
export class RecordBatchFault extends Error {
  readonly _tag = "RecordBatchFault"
  readonly code: RecordBatchFaultCode
  /** Base offset that the batch says it has; undefined of one that is written. */
  readonly baseOffset: bigint | undefined
  /** Byte of the fault: from the batch's beginning, or, within compressed records, from the beginning of those. */
  readonly at: number
  readonly remedy: string

  constructor(code: RecordBatchFaultCode, baseOffset: bigint | undefined, at: number, detail: string) {
    super(`${baseOffset === undefined ? "" : `batch at offset ${baseOffset}, `}byte ${at}: ${detail}`)
    this.code = code
    this.baseOffset = baseOffset
    this.at = at
    this.remedy = remedies[code]
  }
}
