import { FrameFault } from "./frame-fault.ts"
import { decodeUtf8, encodeUtf8 } from "./utf8.ts"
import { putVarint, varintSize } from "./varint.ts"
import { asSigned, floorOf, isSafeInteger } from "./built-ins.ts"

/**
 * Key bytes (docs/formats/key.md, version 1): one function for each form that a key field takes, and its inverse.
 * They fix partitions and state for ever: what is here may be added to, never changed.
 * The inverses throw a {@link FrameFault} `BAD_LENGTH` or `BAD_VALUE` for bytes that are no such key.
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */
const wordRange = 0x1_0000_0000

/** string, uuid, enum and decimal (its plain notation): UTF-8. Throws `BAD_VALUE` on a lone surrogate. */
export function keyOfText(text: string): Uint8Array {
  const bytes = encodeUtf8(text)
  if (bytes === undefined) throw new FrameFault("BAD_VALUE", 0, "a key's text has a lone surrogate")
  return bytes
}

export function textOfKey(key: Uint8Array): string {
  const text = decodeUtf8(key, 0, key.length)
  if (text === undefined) throw new FrameFault("BAD_VALUE", 0, "a key's text is not UTF-8")
  return text
}

export function keyOfBoolean(value: boolean): Uint8Array {
  const bytes = new Uint8Array(1)
  bytes[0] = value ? 1 : 0
  return bytes
}

export function booleanOfKey(key: Uint8Array): boolean {
  if (key.length !== 1 || key[0] > 1) throw new FrameFault("BAD_VALUE", 0, "not a boolean's key")
  return key[0] === 1
}

/** int, long and the logical types on them, as a safe integer: 8 bytes, big-endian. */
export function keyOfLong(value: number): Uint8Array {
  if (!isSafeInteger(value)) throw new FrameFault("BAD_VALUE", 0, "a key beyond ±(2^53-1)")
  // Byte by byte: to ask so small an array for its buffer makes V8 move it.
  const bytes = new Uint8Array(8)
  const high = floorOf(value / wordRange)
  const low = value >>> 0
  for (let i = 0; i < 4; i++) {
    bytes[i] = high >> (24 - 8 * i)
    bytes[4 + i] = low >> (24 - 8 * i)
  }
  return bytes
}

export function longOfKey(key: Uint8Array): number {
  checkWord(key)
  const high = (key[0] << 24) | (key[1] << 16) | (key[2] << 8) | key[3]
  const low = ((key[4] << 24) | (key[5] << 16) | (key[6] << 8) | key[7]) >>> 0
  const value = high * wordRange + low
  if (!isSafeInteger(value)) throw new FrameFault("BAD_VALUE", 0, "a key beyond ±(2^53-1)")
  return value
}

/** A long that is a bigint in JavaScript: the same bytes as {@link keyOfLong}'s. */
export function keyOfBigint(value: bigint): Uint8Array {
  if (asSigned(64, value) !== value) throw new FrameFault("BAD_VALUE", 0, "a key beyond 64 bits")
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, value)
  return bytes
}

export function bigintOfKey(key: Uint8Array): bigint {
  return wordOf(key).getBigInt64(0)
}

/** float and double: 8 bytes, big-endian IEEE 754; -0 becomes 0, every NaN the same one. */
export function keyOfDouble(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  if (value !== value) view.setUint32(0, 0x7ff8_0000)
  else if (value !== 0) view.setFloat64(0, value)
  return bytes
}

export function doubleOfKey(key: Uint8Array): number {
  return wordOf(key).getFloat64(0)
}

/** The key of several fields, in order: a byte 0 for null, or a byte 1, the length and the field's own key bytes. */
export function compositeKey(parts: readonly (Uint8Array | null)[]): Uint8Array {
  let size = 0
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]
    size += part === null ? 1 : 1 + varintSize(part.length) + part.length
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]
    if (part === null) {
      at += 1
      continue
    }
    bytes[at] = 1
    at = putVarint(bytes, at + 1, part.length)
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function checkWord(key: Uint8Array): void {
  if (key.length !== 8) throw new FrameFault("BAD_LENGTH", 0, "not a number's key of 8 bytes")
}

function wordOf(key: Uint8Array): DataView {
  checkWord(key)
  return new DataView(key.buffer, key.byteOffset, 8)
}
