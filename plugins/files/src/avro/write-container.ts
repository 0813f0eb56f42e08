import { ByteSink, CodecFault, datumWriter, type FailedRecord, parseAvro } from "@millrace/sdk"
import { sha256 } from "@noble/hashes/sha2.js"
import { type Codec, ContainerWriter, hexOf, syncBytes } from "./container.ts"
import { deflate } from "./deflate.ts"

/** A block is closed when it has so many bytes. */
const blockBytes = 64 * 1024
/** A block's last record may be of the largest size. */
const maxBlockBytes = blockBytes + 8 * 1024 * 1024 + 16
/** What one batch may come to. */
const maxBatchBytes = 1024 * 1024 * 1024

/** The file that a batch is written into. */
export interface ContainerPlace {
  readonly partition: number
  readonly sequence: number
  /** Bytes that it has: at 0 the header is written first. */
  readonly length: number
}

const utf8 = new TextEncoder()

/** By what all of a file's blocks must have been written: two files with another mark are not one. */
export const containerMark = (schema: string, codec: Codec): string =>
  hexOf(sha256(utf8.encode(JSON.stringify([schema, codec]))).subarray(0, 8))

/**
 * A file's sync marker: of its place and its schema, so that a replay writes the same bytes, and no two files of a folder have
 * the same.
 */
const syncOf = (schema: string, codec: Codec, { partition, sequence }: ContainerPlace): Uint8Array =>
  sha256(utf8.encode(JSON.stringify([schema, codec, partition, sequence]))).slice(0, syncBytes)

/**
 * A writer of batches as blocks of Avro container files. Every batch ends with a block, and a file may be cut off after any:
 * it is whole then. `schema` is the values' schema as JSON text, and stands in the header.
 */
export const containerBlocks = (schema: string, codec: Codec) => {
  const parsed = parseAvro(schema)
  if ("error" in parsed) throw parsed.error
  const datum = datumWriter(parsed.ok)
  const container = new ContainerWriter()
  return (batch: readonly { readonly value: unknown }[], place: ContainerPlace) => {
    const sync = syncOf(schema, codec, place)
    const out = new ByteSink(maxBatchBytes, blockBytes)
    const block = new ByteSink(maxBlockBytes, blockBytes)
    const failed: FailedRecord[] = []
    let count = 0
    const close = () => {
      if (count === 0) return
      if (place.length === 0 && out.length === 0) container.header(out, schema, codec, sync)
      const data = block.bytes.subarray(0, block.length)
      container.block(out, count, codec === "null" ? data : deflate(data), sync)
      block.length = 0
      count = 0
    }
    for (const [index, { value }] of batch.entries()) {
      // A tombstone has no value to write.
      if (value === null) continue
      const start = block.length
      try {
        datum.write(value, block)
        count += 1
      } catch (error) {
        if (!(error instanceof CodecFault)) throw error
        block.length = start
        failed.push({ index, reason: error.message })
      }
      if (block.length >= blockBytes) close()
    }
    close()
    return { bytes: out.toBytes(), failed }
  }
}
