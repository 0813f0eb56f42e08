import { crc32 } from "../crc.ts"
import { openValue } from "../value.ts"

// A record of the journal (docs/formats/commit.md): what one transaction put and removed, in order.

/** u32 CRC, u32 length of the record, u64 epoch, u64 number. */
const headBytes = 24
/** u8 operation, u8 table, u16 length of the key, u32 length of the value. */
const entryHeadBytes = 8
const remove = 0
const put = 1
/** Values of so many bytes or more are covered by the CRC that they begin with, and by that of the record with it alone. */
const largeBytes = 16_384
const valueCrcBytes = 4
/** What was written at once begins at a multiple of this, so that no block is written again once it is durable. */
export const blockBytes = 4096

const leastCapacity = 256 * 1024

/** Records one after the other in memory, the last of them open. Its bytes are its own: nothing that is given is kept. */
export class JournalRecords {
  private buffer = Buffer.allocUnsafeSlow(leastCapacity)
  private length = 0
  private start = -1
  private crc = 0
  private crcFrom = 0
  private readonly epoch: bigint

  constructor(epoch: bigint) {
    this.epoch = epoch
  }

  /** Of its buffer. */
  get capacity(): number {
    return this.buffer.length
  }

  /** Of the records that were sealed. */
  get bytes(): number {
    return this.start < 0 ? this.length : this.start
  }

  get isOpen(): boolean {
    return this.start >= 0
  }

  /** `table`: its place in the store's list of tables. A large value begins with the CRC of the rest (value.ts). */
  put(table: number, key: Uint8Array, value: Uint8Array): void {
    const at = this.entry(put, table, key, value.length)
    this.buffer.set(value, at)
    if (value.length < largeBytes) return
    this.cover(at + valueCrcBytes)
    this.crcFrom = at + value.length
  }

  remove(table: number, key: Uint8Array): void {
    this.entry(remove, table, key, 0)
  }

  /** Ends the open record and gives it its number. */
  seal(number: number): void {
    this.cover(this.length)
    const { buffer, start } = this
    buffer.writeUInt32LE(this.length - start, start + 4)
    buffer.writeBigUInt64LE(this.epoch, start + 8)
    buffer.writeBigUInt64LE(BigInt(number), start + 16)
    buffer.writeUInt32LE(crc32(buffer.subarray(start + 4, start + headBytes), this.crc), start)
    this.start = -1
  }

  /** Forgets the open record. */
  abandon(): void {
    if (this.start >= 0) this.length = this.start
    this.start = -1
  }

  clear(): void {
    this.length = 0
    this.start = -1
  }

  /** The sealed records, filled up to whole blocks with zeros. Valid until something is added. */
  blocks(): Buffer {
    const whole = Math.ceil(this.length / blockBytes) * blockBytes
    this.reserve(whole - this.length)
    this.buffer.fill(0, this.length, whole)
    return this.buffer.subarray(0, whole)
  }

  private begin(): void {
    this.reserve(headBytes)
    this.start = this.length
    this.length += headBytes
    this.crc = 0
    this.crcFrom = this.length
  }

  /** Answers where the value goes. */
  private entry(operation: number, table: number, key: Uint8Array, valueBytes: number): number {
    if (this.start < 0) this.begin()
    this.reserve(entryHeadBytes + key.length + valueBytes)
    const { buffer } = this
    let at = this.length
    buffer[at] = operation
    buffer[at + 1] = table
    buffer.writeUInt16LE(key.length, at + 2)
    buffer.writeUInt32LE(valueBytes, at + 4)
    at += entryHeadBytes
    buffer.set(key, at)
    at += key.length
    this.length = at + valueBytes
    return at
  }

  private cover(end: number): void {
    if (end > this.crcFrom) this.crc = crc32(this.buffer.subarray(this.crcFrom, end), this.crc)
    this.crcFrom = end
  }

  private reserve(more: number): void {
    if (this.length + more <= this.buffer.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.length + more + blockBytes, this.buffer.length * 2))
    this.buffer.copy(grown, 0, 0, this.length)
    this.buffer = grown
  }
}

export interface JournalEntry {
  readonly table: number
  readonly key: Buffer
  /** Undefined where the key was removed. */
  readonly value: Buffer | undefined
}

/** What a file of the journal holds of one epoch from the record `first` on, which it has to begin with; up to the first that is not whole. */
export function* readJournalRecords(
  file: Buffer,
  epoch: bigint,
  first: number
): Iterable<{ readonly number: number; readonly entries: readonly JournalEntry[] }> {
  for (let [at, number] = [0, first]; ; number++) {
    let found = openRecord(file, at, epoch, number)
    if (found === undefined) {
      at = Math.ceil(at / blockBytes) * blockBytes
      found = openRecord(file, at, epoch, number)
    }
    if (found === undefined) return
    yield { number, entries: found.entries }
    at = found.end
  }
}

function openRecord(file: Buffer, at: number, epoch: bigint, number: number) {
  if (at + headBytes > file.length) return undefined
  const end = at + file.readUInt32LE(at + 4)
  if (end < at + headBytes || end > file.length) return undefined
  if (file.readBigUInt64LE(at + 8) !== epoch || file.readBigUInt64LE(at + 16) !== BigInt(number))
    return undefined
  const entries: JournalEntry[] = []
  let crc = 0
  let crcFrom = at + headBytes
  for (let next = crcFrom; next < end;) {
    if (next + entryHeadBytes > end) return undefined
    const keyStart = next + entryHeadBytes
    const valueStart = keyStart + file.readUInt16LE(next + 2)
    const valueEnd = valueStart + file.readUInt32LE(next + 4)
    if (valueEnd > end) return undefined
    const value = file.subarray(valueStart, valueEnd)
    if (value.length >= largeBytes) {
      if (openValue(value) === undefined) return undefined
      crc = crc32(file.subarray(crcFrom, valueStart + valueCrcBytes), crc)
      crcFrom = valueEnd
    }
    const isPut = file[next] === put
    const key = file.subarray(keyStart, valueStart)
    entries.push({ table: file[next + 1] ?? 0, key, value: isPut ? value : undefined })
    next = valueEnd
  }
  if (crcFrom < end) crc = crc32(file.subarray(crcFrom, end), crc)
  crc = crc32(file.subarray(at + 4, at + headBytes), crc)
  return crc === file.readUInt32LE(at) ? { entries, end } : undefined
}
