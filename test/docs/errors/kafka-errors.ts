import type { RecordBatchFaultCode } from "../../../runtime/src/transport/kafka/record-batch/record-batch-fault.ts"
import type { Rows } from "./row.ts"

const damaged =
  "Read it again; if it stays, the partition's log is damaged there: read on behind the batch, or restore the broker's replica."

/** Why a record batch of Kafka's could not be read or written. */
export const recordBatchErrors: Rows<RecordBatchFaultCode> = {
  KAFKA_BATCH_LENGTH: {
    message: "A length, a count or an offset does not add up",
    where: "the batch's offset, and the byte in it",
    why: "The bytes are damaged or cut off, or no Kafka client wrote them. Nothing of the batch was read.",
    remedy: damaged
  },
  KAFKA_BATCH_CRC: {
    message: "The bytes are not those that were written: the CRC-32C differs",
    where: "the batch's offset",
    why: "A disk or a network changed them.",
    remedy: damaged
  },
  KAFKA_BATCH_FORMAT: {
    message: "A message set of Kafka before 0.11, or a version that is not known",
    where: "the batch's offset, and its magic",
    why: "Only record batches of magic 2 are read, which every broker since 0.11 writes.",
    remedy:
      "Copy the topic with a client that writes Kafka 0.11's format or newer, or have the broker convert it (`log.message.format.version`)."
  },
  KAFKA_BATCH_CODEC: {
    message: "The compression is unknown, or did not make these bytes",
    where: "the batch's offset, and the byte in it",
    why: "A producer used a codec that Kafka does not have, or another form of it.",
    remedy:
      "Have the producer use none, gzip, snappy, lz4 or zstd, as Kafka's own clients write them; or read on behind the batch."
  },
  KAFKA_BATCH_RECORD: {
    message: "A record within a batch is malformed",
    where: "the batch's offset, and the byte in its records",
    why: "The batch is as its producer wrote it, and the producer wrote a record that none may be.",
    remedy: "Find the producer that writes such records; read on behind the batch to leave it out."
  },
  KAFKA_BATCH_LIMIT: {
    message: "A batch is larger than what is read, as it is or decompressed",
    where: "the batch's offset, and its size",
    why: "Memory is bounded: a batch may be small and come to gigabytes.",
    remedy: "Raise the limit, if batches of that size are meant; or read on behind the batch."
  },
  KAFKA_BATCH_EMPTY: {
    message: "A frame without records was to be written",
    where: "the frame",
    why: "Kafka has no batch without records.",
    remedy: "Write no batch for a frame that has no records."
  },
  KAFKA_BATCH_GAPS: {
    message: "A frame of which records are gone was to be written",
    where: "the frame",
    why: "A producer's batch has a record for each of its offsets; only a log that was compacted has gaps.",
    remedy: "Copy the frame's records into one without gaps, and write that."
  }
}
