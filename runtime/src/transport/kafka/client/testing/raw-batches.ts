import type { Producer } from "../kafka-client.ts"

// Record batches of texts, written and read as plainly as can be (Kafka documentation, "Record Batch"), for tests of what carries them.

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  return crc
})

const crc32c = (bytes: Uint8Array): number => {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

const varint = (value: number): readonly number[] => {
  const bytes: number[] = []
  let rest = value >= 0 ? value * 2 : -value * 2 - 1
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128)
  return [...bytes, rest]
}

const record = (text: string, index: number): Buffer => {
  const value = Buffer.from(text)
  const body = Buffer.concat([
    Buffer.from([0, ...varint(0), ...varint(index), ...varint(-1), ...varint(value.length)]),
    value,
    Buffer.from(varint(0))
  ])
  return Buffer.concat([Buffer.from(varint(body.length)), body])
}

export interface BatchOptions {
  readonly producer?: Producer
  /** Of the batch's first record, among the producer's records on the partition. */
  readonly sequence?: number
  readonly isTransactional?: boolean
}

/** One uncompressed batch of records without keys. */
export const textBatch = (texts: readonly string[], options: BatchOptions = {}): Uint8Array => {
  const { isTransactional = false, producer, sequence = producer === undefined ? -1 : 0 } = options
  const records = Buffer.concat(texts.map(record))
  const batch = Buffer.alloc(61 + records.length)
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt32BE(-1, 12)
  batch.writeInt8(2, 16)
  batch.writeInt16BE(isTransactional ? 16 : 0, 21)
  batch.writeInt32BE(texts.length - 1, 23)
  batch.writeBigInt64BE(1_000n, 27)
  batch.writeBigInt64BE(1_000n, 35)
  batch.writeBigInt64BE(producer?.producerId ?? -1n, 43)
  batch.writeInt16BE(producer?.producerEpoch ?? -1, 51)
  batch.writeInt32BE(sequence, 53)
  batch.writeInt32BE(texts.length, 57)
  records.copy(batch, 61)
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17)
  return batch
}

export interface ReadBatch {
  readonly baseOffset: bigint
  /** The offset after its last record. */
  readonly next: bigint
  readonly producerId: bigint
  readonly isTransactional: boolean
  /** A marker of a transaction's end, whose records are no texts. */
  readonly isControl: boolean
  readonly texts: readonly string[]
}

/** The whole batches among the bytes of a fetch; one that is cut off at their end is left out. */
export const readBatches = (bytes: Uint8Array): readonly ReadBatch[] => {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const batches: ReadBatch[] = []
  let at = 0
  while (at + 61 <= all.length && at + 12 + all.readInt32BE(at + 8) <= all.length) {
    const batch = all.subarray(at, at + 12 + all.readInt32BE(at + 8))
    at += batch.length
    if (crc32c(batch.subarray(21)) !== batch.readUInt32BE(17)) throw new Error("a batch's CRC is wrong")
    const attributes = batch.readInt16BE(21)
    const isControl = (attributes & 32) !== 0
    const baseOffset = batch.readBigInt64BE(0)
    batches.push({
      baseOffset,
      next: baseOffset + BigInt(batch.readInt32BE(23)) + 1n,
      producerId: batch.readBigInt64BE(43),
      isTransactional: (attributes & 16) !== 0,
      isControl,
      texts: isControl ? [] : textsOf(batch)
    })
  }
  return batches
}

const textsOf = (batch: Buffer): readonly string[] => {
  let at = 61
  const next = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = batch[at++] ?? 0
      value += (byte & 127) * scale
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
    }
  }
  return Array.from({ length: batch.readInt32BE(57) }, () => {
    const length = next()
    const end = at + length
    at += 1
    next()
    next()
    const keySize = next()
    at += Math.max(0, keySize)
    const size = next()
    const text = batch.toString("utf8", at, at + size)
    at = end
    return text
  })
}
