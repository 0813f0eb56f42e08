import { readFileSync } from "node:fs"

export type JavaBatch =
  | "none"
  | "gzip"
  | "snappy"
  | "lz4"
  | "zstd"
  | "largeSnappy"
  | "largeLz4"
  | "appendTime"
  | "gaps"
  | "abort"
  | "commit"
  | "magic0"
  | "magic1"

const batches: { readonly [name in JavaBatch]: string } = JSON.parse(
  readFileSync(new URL("java-batches.json", import.meta.url), "utf8")
)

/**
 * A batch by Kafka's own encoder (MemoryRecordsBuilder of kafka-clients 4.3.1). `none` to `zstd`: twelve records from offset 100 on, in
 * a transaction of producer 4000, epoch 3; record i has the timestamp 1700000000000 + 3i, the key "key i" and, but for i = 2, the
 * value of {@link javaValue}; every fourth, from i = 1 on, has the headers trace = 01 02 and none = null. `large`: 300 records with values of
 * 400 bytes, more than a chunk or block of the codec. `abort`, `commit`: markers of the same producer at offset 112.
 */
export const javaBatch = (name: JavaBatch): Buffer => Buffer.from(batches[name], "base64")

/** Without its prefix, which says schema 263. */
export const javaValue = (record: number, size: number = record * 9): Uint8Array =>
  Uint8Array.from({ length: size }, (_, index) => record + (index % 7))
export const javaSchemaId = 263
