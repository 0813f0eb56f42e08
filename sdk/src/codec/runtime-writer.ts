import type { ByteSink } from "../record/byte-sink.ts"
import { putUtf8, utf8Length } from "../record/utf8.ts"
import { putZigzag } from "../record/varint.ts"
import { putKnownText } from "./runtime-echo.ts"
import { CodecFault } from "./runtime-fault.ts"
import { isUuid, nameOfValue } from "./runtime-logical.ts"
import { maxDatumBytes, maxDatumDepth, maxDatumItems } from "./runtime-reader.ts"
import {
  froundOf,
  getOf,
  hasOwn,
  isArray,
  isInteger,
  isSafeInteger,
  keysOf,
  lengthOf,
  prototypeOf
} from "../record/built-ins.ts"

/**
 * The parts of writing that generated code does not inline. Every value is checked before it is written; a
 * {@link CodecFault} says what was expected.
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */
const minLong = -(2n ** 63n)
const maxLong = 2n ** 63n - 1n
/** Up to this many bytes a loop is faster than a native call. */
const loopBytes = 24
const largestFloat = 3.4028234663852886e38

/** Limits of the datum being written. */
export class ValueWriter {
  start: number
  depth: number
  items: number

  constructor() {
    this.start = 0
    this.depth = 0
    this.items = 0
  }

  open(sink: ByteSink): void {
    this.start = sink.length
    this.depth = 0
    this.items = 0
  }

  /** Throws `TOO_LARGE`. */
  close(sink: ByteSink): void {
    if (sink.length - this.start > maxDatumBytes) {
      throw new CodecFault("TOO_LARGE", -1, "a value of more than " + maxDatumBytes + " bytes")
    }
  }

  enter(): void {
    this.depth += 1
    if (this.depth > maxDatumDepth) {
      throw new CodecFault("TOO_DEEP", -1, "more than " + maxDatumDepth + " records within each other")
    }
  }

  /** Writes the count of an array's or map's only block. */
  count(sink: ByteSink, count: number): void {
    this.items += count
    if (!(this.items <= maxDatumItems))
      throw new CodecFault("TOO_MANY_ITEMS", -1, "more than " + maxDatumItems + " items")
    putLength(sink, count)
  }
}

export function wrongType(expected: string, value: unknown): CodecFault {
  return new CodecFault("WRONG_TYPE", -1, "expected " + expected + ", got " + nameOfValue(value))
}

export function putLength(sink: ByteSink, value: number): void {
  sink.ensure(10)
  sink.length = putZigzag(sink.bytes, sink.length, value)
}

export function putNull(value: unknown): void {
  if (value !== null) throw wrongType("null", value)
}

export function putBoolean(sink: ByteSink, value: unknown): void {
  if (typeof value !== "boolean") throw wrongType("a boolean", value)
  sink.byte(value ? 1 : 0)
}

export function putInt(sink: ByteSink, value: unknown): void {
  if (!isInt(value)) {
    if (typeof value === "number" && isSafeInteger(value))
      throw new CodecFault("OUT_OF_RANGE", -1, "an int beyond 32 bits")
    throw wrongType("a whole number", value)
  }
  sink.ensure(10)
  sink.length = putZigzag(sink.bytes, sink.length, value)
}

export function putLong(sink: ByteSink, value: unknown): void {
  if (!isLong(value)) {
    if (typeof value === "number" && isInteger(value)) {
      throw new CodecFault("OUT_OF_RANGE", -1, "a number beyond ±(2^53-1)")
    }
    throw wrongType("a whole number", value)
  }
  sink.ensure(10)
  sink.length = putZigzag(sink.bytes, sink.length, value)
}

export function putBigLong(sink: ByteSink, value: unknown): void {
  if (typeof value !== "bigint") throw wrongType("a bigint", value)
  if (!isBigLong(value)) throw new CodecFault("OUT_OF_RANGE", -1, "a bigint beyond 64 bits")
  sink.ensure(10)
  const bytes = sink.bytes
  let rest = value < 0n ? -value * 2n - 1n : value * 2n
  while (rest > 0x7fn) {
    bytes[sink.length++] = Number(rest & 0x7fn) | 0x80
    rest >>= 7n
  }
  bytes[sink.length++] = Number(rest)
}

export function putFloat(sink: ByteSink, value: unknown): void {
  if (typeof value !== "number") throw wrongType("a number", value)
  const rounded = froundOf(value)
  if (
    (rounded === Infinity || rounded === -Infinity) &&
    rounded !== value &&
    (value > largestFloat || value < -largestFloat)
  ) {
    throw new CodecFault("OUT_OF_RANGE", -1, "a number beyond the range of a float")
  }
  sink.ensure(4)
  sink.view.setFloat32(sink.length, value, true)
  sink.length += 4
}

export function putDouble(sink: ByteSink, value: unknown): void {
  if (typeof value !== "number") throw wrongType("a number", value)
  sink.ensure(8)
  sink.view.setFloat64(sink.length, value, true)
  sink.length += 8
}

const shortText = 64

export function putString(sink: ByteSink, value: unknown): void {
  if (typeof value !== "string") throw wrongType("a string", value)
  if (putKnownText(sink, value)) return
  const units = value.length
  if (units < shortText) {
    // ASCII, as it mostly is: one byte of length, one a character, undone at the first that is not.
    sink.ensure(units + 1)
    const bytes = sink.bytes
    const start = sink.length
    let i = 0
    for (; i < units; i++) {
      const unit = value.charCodeAt(i)
      if (unit > 0x7f) break
      bytes[start + 1 + i] = unit
    }
    if (i === units) {
      bytes[start] = units << 1
      sink.length = start + 1 + units
      return
    }
  }
  const size = utf8Length(value)
  if (size < 0)
    throw new CodecFault("OUT_OF_RANGE", -1, "a string with a lone surrogate, which UTF-8 cannot hold")
  putLength(sink, size)
  sink.ensure(size)
  sink.length = putUtf8(sink.bytes, sink.length, value)
}

export function putUuid(sink: ByteSink, value: unknown): void {
  if (!isUuid(value)) throw wrongType("a UUID", value)
  putString(sink, value)
}

export function putByteString(sink: ByteSink, value: unknown): void {
  if (!(value instanceof Uint8Array)) throw wrongType("bytes (Uint8Array)", value)
  const size = lengthOf(value)
  putLength(sink, size)
  putSpan(sink, value, size)
}

export function putFixed(sink: ByteSink, value: unknown, size: number): void {
  if (!(value instanceof Uint8Array)) throw wrongType("bytes (Uint8Array)", value)
  const length = lengthOf(value)
  if (length !== size)
    throw new CodecFault("OUT_OF_RANGE", -1, "expected exactly " + size + " bytes, got " + length)
  putSpan(sink, value, size)
}

/** All of the value, of whose own properties none is asked. */
function putSpan(sink: ByteSink, value: Uint8Array, size: number): void {
  sink.ensure(size)
  if (size > loopBytes) sink.bytes.set(value, sink.length)
  else for (let i = 0; i < size; i++) sink.bytes[sink.length + i] = value[i]
  sink.length += size
}

/** `indexes`: symbol -> index, without a prototype. */
export function putSymbol(
  sink: ByteSink,
  value: unknown,
  indexes: { readonly [symbol: string]: number }
): void {
  const index = typeof value === "string" ? indexes[value] : undefined
  if (index === undefined) throw wrongType("one of " + listOfSymbols(indexes), value)
  putLength(sink, index)
}

function listOfSymbols(indexes: { readonly [symbol: string]: number }): string {
  const symbols = keysOf(indexes)
  return symbols.slice(0, 10).join(", ") + (symbols.length > 10 ? ", …" : "")
}

/** The fields of a record: any object that is neither an array nor bytes. */
export function checkRecord(value: unknown): void {
  if (typeof value !== "object" || value === null || isArray(value)) throw wrongType("an object", value)
}

export function checkArray(value: unknown): void {
  if (!isArray(value)) throw wrongType("an array", value)
}

/** The keys of a map: a plain object. A JavaScript Map has no own keys and would be written empty. */
export function keysOfMap(value: unknown): string[] {
  if (!isMap(value)) throw wrongType("a plain object", value)
  return keysOf(value)
}

/** The property, unless it is inherited: for names that every object has, such as `constructor`. */
export function ownProperty(value: object, name: string): unknown {
  return hasOwn(value, name) ? getOf(value, name) : undefined
}

// What a union asks of a value, to find its branch.

export function isInt(value: unknown): value is number {
  return typeof value === "number" && (value | 0) === value
}

export function isLong(value: unknown): value is number {
  return typeof value === "number" && isSafeInteger(value)
}

export function isBigLong(value: unknown): value is bigint {
  return typeof value === "bigint" && value >= minLong && value <= maxLong
}

export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array
}

export function isFixed(value: unknown, size: number): boolean {
  return value instanceof Uint8Array && lengthOf(value) === size
}

export function isMap(value: unknown): value is object {
  if (typeof value !== "object" || value === null || isArray(value)) return false
  const prototype: unknown = prototypeOf(value)
  return prototype === null || prototypeOf(prototype) === null
}

/** As maps are read. */
export function isBareMap(value: unknown): boolean {
  return typeof value === "object" && value !== null && prototypeOf(value) === null
}

/** A number that four bytes hold exactly. */
export function isFloat(value: unknown): boolean {
  return typeof value === "number" && (froundOf(value) === value || value !== value)
}

export function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !isArray(value) && !(value instanceof Uint8Array)
}

/**
 * Whether an object has the fields of a record: every required one; with `exact` 1 also nothing else, with 2 also those that
 * have defaults. `fields`: name -> whether it is required, without a prototype.
 */
export function isRecordLike(
  value: unknown,
  fields: { readonly [name: string]: boolean },
  exact: number
): boolean {
  if (typeof value !== "object" || value === null || !isObject(value)) return false
  const names = keysOf(fields)
  for (let i = 0; i < names.length; i++) {
    if ((exact === 2 || fields[names[i]]) && getOf(value, names[i]) === undefined) return false
  }
  if (exact === 0) return true
  if (prototypeOf(value) === null) return false
  const keys = keysOf(value)
  for (let i = 0; i < keys.length; i++) if (fields[keys[i]] === undefined) return false
  return true
}
