import { decodeUtf8, encodeUtf8 } from "../../record/utf8.ts"

/** A record of a topic that Millrace does not own. */
export interface KafkaRecord {
  /** Its place in the partition; -1n of one that is to be written. */
  readonly offset: bigint
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly key: Uint8Array | null
  /** null: a tombstone. */
  readonly value: Uint8Array | null
  /** In their order; a name may stand there more than once. */
  readonly headers: readonly (readonly [name: string, value: Uint8Array | null])[]
}

/**
 * Records as they go between worker and guest (docs/formats/kafka-records.md), version 1. Integers are big-endian: a byte 1; then per
 * record its offset and its timestamp (64 bits), its key, its value, the number of its headers (32 bits), and of each the name in
 * UTF-8 and the value. Key, value and names stand behind their length (32 bits), which is -1 of null.
 */
const version = 1
const fixedBytes = 8 + 8 + 4 + 4 + 4

/** Packs records into one buffer. Throws a RangeError for a header's name that is no Unicode. */
export const packKafkaRecords = (records: readonly KafkaRecord[]): Uint8Array => {
  const names = records.map(({ headers }) => headers.map(([name]) => nameBytes(name)))
  let size = 1
  for (const [index, { headers, key, value }] of records.entries()) {
    size += fixedBytes + (key?.length ?? 0) + (value?.length ?? 0)
    for (const [place, [, content]] of headers.entries())
      size += 8 + (names[index]?.[place]?.length ?? 0) + (content?.length ?? 0)
  }
  const writer = new Packer(size)
  for (const [index, { headers, key, offset, timestamp, value }] of records.entries()) {
    writer.long(offset)
    writer.long(BigInt(timestamp))
    writer.bytes(key)
    writer.bytes(value)
    writer.int(headers.length)
    for (const [place, [, content]] of headers.entries()) {
      writer.bytes(names[index]?.[place] ?? null)
      writer.bytes(content)
    }
  }
  return writer.done
}

/** The records of a buffer; keys and values are views of it. Throws a RangeError where it is none. */
export const unpackKafkaRecords = (bytes: Uint8Array): readonly KafkaRecord[] => {
  if (bytes.length === 0 || bytes[0] !== version) throw new RangeError("no packed records of a known version")
  const reader = new Unpacker(bytes)
  const records: KafkaRecord[] = []
  while (!reader.isDone) {
    const offset = reader.long()
    const timestamp = Number(reader.long())
    const key = reader.bytes()
    const value = reader.bytes()
    const count = reader.int()
    const headers: [string, Uint8Array | null][] = []
    for (let i = 0; i < count; i++) headers.push([reader.name(), reader.bytes()])
    records.push({ offset, timestamp, key, value, headers })
  }
  return records
}

const nameBytes = (name: string): Uint8Array => {
  const bytes = encodeUtf8(name)
  if (bytes === undefined) throw new RangeError("a header's name has a lone surrogate")
  return bytes
}

class Packer {
  readonly done: Uint8Array
  readonly #view: DataView
  #at = 1

  constructor(size: number) {
    this.done = new Uint8Array(size)
    this.done[0] = version
    this.#view = new DataView(this.done.buffer)
  }

  long(value: bigint): void {
    this.#view.setBigInt64(this.#at, value)
    this.#at += 8
  }

  int(value: number): void {
    this.#view.setInt32(this.#at, value)
    this.#at += 4
  }

  bytes(value: Uint8Array | null): void {
    this.int(value === null ? -1 : value.length)
    if (value === null) return
    this.done.set(value, this.#at)
    this.#at += value.length
  }
}

class Unpacker {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 1

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length
  }

  long(): bigint {
    const value = this.#view.getBigInt64(this.#at)
    this.#at += 8
    return value
  }

  int(): number {
    const value = this.#view.getInt32(this.#at)
    this.#at += 4
    return value
  }

  bytes(): Uint8Array | null {
    const length = this.int()
    if (length === -1) return null
    const end = this.#at + length
    if (length < 0 || end > this.#bytes.length) throw new RangeError("packed records are cut off")
    const value = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return value
  }

  name(): string {
    const bytes = this.bytes()
    const name = bytes === null ? undefined : decodeUtf8(bytes, 0, bytes.length)
    if (name === undefined) throw new RangeError("a header's name is not UTF-8")
    return name
  }
}
