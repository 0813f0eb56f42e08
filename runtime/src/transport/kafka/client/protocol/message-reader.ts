/** The bytes are not what the protocol says. */
export class MalformedMessage extends Error {
  constructor(message: string) {
    super(message)
    this.name = "MalformedMessage"
  }
}

/**
 * Reads the body of an answer. Every length is checked before it is used: what ends too early is a {@link MalformedMessage}.
 * Bytes that it answers are views of the answer's own.
 */
export class MessageReader {
  readonly #bytes: Buffer
  readonly #isFlexible: boolean
  #at = 0

  constructor(bytes: Uint8Array, isFlexible: boolean) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#isFlexible = isFlexible
  }

  int8(): number {
    return this.#bytes.readInt8(this.#take(1))
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#take(2))
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4))
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8))
  }

  boolean(): boolean {
    return this.int8() !== 0
  }

  uuid(): string {
    const at = this.#take(16)
    return this.#bytes.toString("base64url", at, at + 16)
  }

  string(): string {
    return this.nullableString() ?? ""
  }

  nullableString(): string | null {
    const length = this.#isFlexible ? this.#compact() - 1 : this.int16()
    if (length < 0) return null
    const at = this.#take(length)
    return this.#bytes.toString("utf8", at, at + length)
  }

  /** Empty where they are null. */
  bytes(): Uint8Array {
    const length = this.#isFlexible ? this.#compact() - 1 : this.int32()
    const at = this.#take(Math.max(0, length))
    return this.#bytes.subarray(at, this.#at)
  }

  /** Empty where it is null. */
  array<A>(read: () => A): A[] {
    const length = this.#isFlexible ? this.#compact() - 1 : this.int32()
    // An element has a byte at least.
    if (length > this.#bytes.length - this.#at)
      throw new MalformedMessage(`${length} elements in fewer bytes`)
    const values: A[] = []
    for (let index = 0; index < length; index += 1) values.push(read())
    return values
  }

  /** Ends a structure: passes over its tagged fields, where the version has them. */
  end(): void {
    if (!this.#isFlexible) return
    for (let left = this.#compact(); left > 0; left -= 1) {
      this.#compact()
      this.#take(this.#compact())
    }
  }

  #compact(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.#take(1)] ?? 0
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
    throw new MalformedMessage("a length of more than five bytes")
  }

  #take(bytes: number): number {
    const at = this.#at
    if (bytes > this.#bytes.length - at)
      throw new MalformedMessage(`it ends at byte ${this.#bytes.length}, and ${at + bytes} were wanted`)
    this.#at = at + bytes
    return at
  }
}
