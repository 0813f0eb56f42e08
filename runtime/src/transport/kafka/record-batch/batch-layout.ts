/**
 * Kafka's record batch, magic 2 (Kafka's documentation, "Message Format"; DefaultRecordBatch.java). Integers are big-endian; these
 * are the places of its header's fields from the batch's beginning.
 */
export const baseOffsetAt = 0
/** Bytes of the batch that follow this field, an i32. */
export const lengthAt = 8
export const leaderEpochAt = 12
export const magicAt = 16
/** CRC-32C of all from {@link attributesAt} to the end. */
export const crcAt = 17
export const attributesAt = 21
export const lastOffsetDeltaAt = 23
export const baseTimestampAt = 27
export const maxTimestampAt = 35
export const producerIdAt = 43
export const producerEpochAt = 51
export const baseSequenceAt = 53
export const countAt = 57
export const batchHeaderBytes = 61
/** What the length does not count. */
export const lengthEnd = 12

export const recordBatchMagic = 2
export const codecMask = 7
/** The records' time is when the broker appended them: the batch's maximal timestamp is every record's. */
export const flagAppendTime = 8
export const flagTransactional = 16
/** The batch's one record is the marker that ends a transaction, or another of Kafka's own. */
export const flagControlBatch = 32

/** Length, attributes, two deltas, two lengths and the number of headers: no record is shorter. */
export const leastRecordBytes = 7
/** What a producer without id and sequence writes for them. */
export const noProducer = -1
