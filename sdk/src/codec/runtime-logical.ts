import { CodecFault } from "./runtime-fault.ts"
import { bigintOf, isArray, isInteger } from "../record/built-ins.ts"

/**
 * Logical types whose JavaScript look is not their base type's: decimal, uuid on fixed, duration (Avro 1.12 §Logical Types).
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */

/** `{ months, days, milliseconds }`, each 0 to 2^32 - 1. */
export interface AvroDuration {
  readonly months: number
  readonly days: number
  readonly milliseconds: number
}

const decimalPattern = /^-?(?:0|[1-9][0-9]*)(?:\.([0-9]+))?$/
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const hexDigits = "0123456789abcdef"
/** Bounds what one decimal takes to convert, whose cost grows with the square of its size. */
const maxDecimalBytes = 512

/** Two's-complement big-endian bytes as plain notation with exactly `scale` fraction digits. */
export function decimalOfBytes(bytes: Uint8Array, precision: number, scale: number): string {
  const size = bytes.length
  if (size > maxDecimalBytes) throw new CodecFault("TOO_LARGE", -1, "a decimal of " + size + " bytes")
  let unscaled = size === 0 ? 0n : bigintOf(bytes[0] > 0x7f ? bytes[0] - 256 : bytes[0])
  for (let i = 1; i < size; i++) unscaled = (unscaled << 8n) | bigintOf(bytes[i])
  const negative = unscaled < 0n
  let digits = (negative ? -unscaled : unscaled).toString()
  if (digits.length > precision && digits !== "0") {
    throw new CodecFault("OUT_OF_RANGE", -1, "a decimal of more than " + precision + " digits")
  }
  if (scale > 0) {
    digits = digits.padStart(scale + 1, "0")
    digits = digits.slice(0, digits.length - scale) + "." + digits.slice(digits.length - scale)
  }
  return negative ? "-" + digits : digits
}

/** Whether a text is a decimal in plain notation with exactly `scale` fraction digits and at most `precision` in all. */
export function isDecimal(value: unknown, precision: number, scale: number): boolean {
  if (typeof value !== "string" || value.length > precision + 3) return false
  const match = decimalPattern.exec(value)
  if (match === null || (match[1] === undefined ? 0 : match[1].length) !== scale) return false
  let digits = 0
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i)
    // Leading zeros are no digits of the number: "0.05" has one.
    if (unit >= 0x30 && unit <= 0x39 && (digits > 0 || unit !== 0x30)) digits += 1
  }
  return digits <= precision
}

/** The least two's-complement bytes of a decimal; `size`: exactly so many instead, or -1. Throws `WRONG_TYPE`, `OUT_OF_RANGE`. */
export function bytesOfDecimal(value: unknown, precision: number, scale: number, size: number): Uint8Array {
  if (typeof value !== "string")
    throw new CodecFault("WRONG_TYPE", -1, "expected a decimal as text, got " + nameOfValue(value))
  if (!isDecimal(value, precision, scale)) {
    throw new CodecFault(
      "OUT_OF_RANGE",
      -1,
      `expected a decimal with ${scale} fraction digits and at most ${precision} in all`
    )
  }
  let rest = bigintOf(value.replace(".", ""))
  const least = leastBytes(rest)
  const bytes = new Uint8Array(size < 0 ? least : size)
  if (least > bytes.length)
    throw new CodecFault("OUT_OF_RANGE", -1, "a decimal that needs more than " + size + " bytes")
  for (let i = bytes.length - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return bytes
}

export function isUuid(value: unknown): boolean {
  return typeof value === "string" && uuidPattern.test(value)
}

/** 16 bytes as the text of a UUID, in lower case. */
export function uuidOfBytes(bytes: Uint8Array): string {
  let text = ""
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += "-"
    text += hexDigits[bytes[i] >> 4] + hexDigits[bytes[i] & 15]
  }
  return text
}

export function bytesOfUuid(value: unknown): Uint8Array {
  if (typeof value !== "string" || !isUuid(value)) {
    throw new CodecFault("WRONG_TYPE", -1, "expected a UUID, got " + nameOfValue(value))
  }
  const bytes = new Uint8Array(16)
  let at = 0
  for (let i = 0; i < 36; i++) {
    const unit = value.charCodeAt(i)
    if (unit === 0x2d) continue
    const digit = unit < 0x3a ? unit - 0x30 : (unit | 0x20) - 0x57
    bytes[at >> 1] |= (at & 1) === 0 ? digit << 4 : digit
    at += 1
  }
  return bytes
}

export function durationOfBytes(bytes: Uint8Array): AvroDuration {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 12)
  return {
    months: view.getUint32(0, true),
    days: view.getUint32(4, true),
    milliseconds: view.getUint32(8, true)
  }
}

export function isDuration(value: unknown): value is AvroDuration {
  if (typeof value !== "object" || value === null) return false
  if (!("months" in value && "days" in value && "milliseconds" in value)) return false
  return isUint32(value.months) && isUint32(value.days) && isUint32(value.milliseconds)
}

export function bytesOfDuration(value: unknown): Uint8Array {
  if (!isDuration(value)) {
    const wanted = "expected a duration { months, days, milliseconds } of whole numbers below 2^32, got "
    throw new CodecFault("WRONG_TYPE", -1, wanted + nameOfValue(value))
  }
  const bytes = new Uint8Array(12)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, value.months, true)
  view.setUint32(4, value.days, true)
  view.setUint32(8, value.milliseconds, true)
  return bytes
}

/** What a value is, in the words of a message. */
export function nameOfValue(value: unknown): string {
  if (value === null) return "null"
  if (value === undefined) return "nothing"
  if (typeof value === "number")
    return isInteger(value) || value !== value ? "the number " + value : "a number with a fraction"
  if (typeof value === "object")
    return isArray(value) ? "an array" : value instanceof Uint8Array ? "bytes" : "an object"
  return "a " + typeof value
}

function isUint32(value: unknown): boolean {
  return typeof value === "number" && value >>> 0 === value
}

function leastBytes(value: bigint): number {
  let size = 1
  let least = -128n
  while (value < least || value > -least - 1n) {
    least <<= 8n
    size += 1
  }
  return size
}
