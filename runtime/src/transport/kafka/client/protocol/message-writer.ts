/** What a piece may grow to before the next begins; larger bytes stay where they are. */
const pieceBytes = 4_096
const keptApartBytes = 1_024

/**
 * Writes the body of a request in Kafka's types (Kafka protocol guide, "Protocol Primitive Types"): big-endian, and in flexible
 * versions compact lengths with tagged fields after each structure. Large bytes are not copied but become a piece of their own.
 */
export class MessageWriter {
  readonly #isFlexible: boolean
  readonly #pieces: Uint8Array[] = []
  #piece: Buffer = Buffer.allocUnsafe(pieceBytes)
  #begin = 0
  #at = 0

  constructor(isFlexible: boolean) {
    this.#isFlexible = isFlexible
  }

  int8(value: number): this {
    this.#at = this.#room(1).writeInt8(value, this.#at)
    return this
  }

  int16(value: number): this {
    this.#at = this.#room(2).writeInt16BE(value, this.#at)
    return this
  }

  int32(value: number): this {
    this.#at = this.#room(4).writeInt32BE(value, this.#at)
    return this
  }

  int64(value: bigint): this {
    this.#at = this.#room(8).writeBigInt64BE(value, this.#at)
    return this
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0)
  }

  string(value: string | null): this {
    if (value === null) return this.#isFlexible ? this.#compact(0) : this.int16(-1)
    const bytes = Buffer.from(value)
    if (this.#isFlexible) this.#compact(bytes.length + 1)
    else this.int16(bytes.length)
    return this.#copy(bytes)
  }

  bytes(value: Uint8Array): this {
    if (this.#isFlexible) this.#compact(value.length + 1)
    else this.int32(value.length)
    if (value.length < keptApartBytes) return this.#copy(value)
    this.#cut()
    this.#pieces.push(value)
    return this
  }

  /** Zero: for topics that go by their name. */
  noUuid(): this {
    return this.int64(0n).int64(0n)
  }

  /** As {@link MessageReader.uuid} gives it. */
  uuid(value: string): this {
    return this.#copy(Buffer.from(value, "base64url"))
  }

  array<A>(values: readonly A[] | null, write: (value: A) => void): this {
    if (this.#isFlexible) this.#compact((values?.length ?? -1) + 1)
    else this.int32(values?.length ?? -1)
    for (const value of values ?? []) write(value)
    return this
  }

  /** Ends a structure: no tagged fields, where the version has them. */
  end(): this {
    return this.#isFlexible ? this.int8(0) : this
  }

  pieces(): readonly Uint8Array[] {
    this.#cut()
    return this.#pieces
  }

  #compact(value: number): this {
    let rest = value
    while (rest > 127) {
      this.int8((((rest & 127) | 128) << 24) >> 24)
      rest >>>= 7
    }
    return this.int8(rest)
  }

  #copy(bytes: Uint8Array): this {
    this.#room(bytes.length).set(bytes, this.#at)
    this.#at += bytes.length
    return this
  }

  #room(bytes: number): Buffer {
    if (this.#at + bytes > this.#piece.length) {
      this.#cut()
      this.#piece = Buffer.allocUnsafe(Math.max(pieceBytes, bytes))
      this.#begin = 0
      this.#at = 0
    }
    return this.#piece
  }

  #cut(): void {
    if (this.#at > this.#begin) this.#pieces.push(this.#piece.subarray(this.#begin, this.#at))
    this.#begin = this.#at
  }
}
