import type { AvroType } from "../avro/type.ts"
import { FrameFault } from "../record/frame-fault.ts"
import {
  bigintOfKey,
  booleanOfKey,
  compositeKey,
  doubleOfKey,
  keyOfBigint,
  keyOfBoolean,
  keyOfDouble,
  keyOfLong,
  keyOfText,
  longOfKey,
  textOfKey
} from "../record/key.ts"
import { CodecError } from "./codec-error.ts"
import { lookOf } from "./look.ts"
import { CodecFault } from "./runtime-fault.ts"
import { nameOfValue } from "./runtime-logical.ts"

/**
 * Key bytes (docs/formats/key.md) of the values of key fields, in their order; null for a null key. What `generateKeyOf` generates,
 * for types that are known at run time only. Throws a {@link CodecError} `NOT_A_KEY` for a type that no key has, and a
 * {@link CodecFault} for a value of another type.
 */
export const keyBytes = (types: readonly AvroType[], values: readonly unknown[]): Uint8Array | null => {
  const parts = types.map((type, at) => partOf(type, values[at]))
  return parts.length === 1 ? (parts[0] ?? null) : compositeKey(parts)
}

const partOf = (type: AvroType, value: unknown): Uint8Array | null => {
  if (value === null || value === undefined) return null
  if (type.kind === "union") {
    const [only, ...others] = type.branches.filter(({ kind }) => kind !== "null")
    if (only !== undefined && others.length === 0) return partOf(only, value)
    throw notAKey(type)
  }
  if (type.kind === "record" || type.kind === "array" || type.kind === "map" || type.kind === "null")
    throw notAKey(type)
  if (type.kind === "enum") return textKey(value)
  const { form } = lookOf(type)
  if (form === "duration") throw notAKey(type)
  if (form === "bigint" && typeof value === "bigint") return keyOfBigint(value)
  if (form === "decimal" || form === "uuid" || type.kind === "string") return textKey(value)
  switch (type.kind) {
    case "boolean":
      if (typeof value === "boolean") return keyOfBoolean(value)
      break
    case "int":
    case "long":
      if (typeof value === "number") return keyOfLong(value)
      break
    case "float":
      if (typeof value === "number") return keyOfDouble(Math.fround(value))
      break
    case "double":
      if (typeof value === "number") return keyOfDouble(value)
      break
    case "bytes":
    case "fixed":
      if (value instanceof Uint8Array) return value
      break
  }
  throw new CodecFault("WRONG_TYPE", -1, `expected ${type.kind}, got ${nameOfValue(value)}`)
}

const textKey = (value: unknown): Uint8Array => {
  if (typeof value === "string") return keyOfText(value)
  throw new CodecFault("WRONG_TYPE", -1, `expected text, got ${nameOfValue(value)}`)
}

const notAKey = ({ kind }: AvroType): CodecError =>
  new CodecError("NOT_A_KEY", "", `a ${kind} cannot be a key`)

/** The inverse: values of key fields, in their order, out of key bytes. Throws a `FrameFault` for bytes that are no such key. */
export const fieldsOfKey = (types: readonly AvroType[], key: Uint8Array): readonly unknown[] => {
  const [only] = types
  if (only !== undefined && types.length === 1) return [valueOf(only, key)]
  const parts = splitKey(key, types.length)
  return types.map((type, at) => {
    const part = parts[at] ?? null
    return part === null ? null : valueOf(type, part)
  })
}

const valueOf = (type: AvroType, key: Uint8Array): unknown => {
  if (type.kind === "union") {
    const only = type.branches.find(({ kind }) => kind !== "null")
    if (only === undefined) throw notAKey(type)
    return valueOf(only, key)
  }
  if (type.kind === "record" || type.kind === "array" || type.kind === "map" || type.kind === "null")
    throw notAKey(type)
  if (type.kind === "enum") return textOfKey(key)
  const { form } = lookOf(type)
  if (form === "bigint") return bigintOfKey(key)
  if (form === "decimal" || form === "uuid" || type.kind === "string") return textOfKey(key)
  if (type.kind === "boolean") return booleanOfKey(key)
  if (type.kind === "int" || type.kind === "long") return longOfKey(key)
  if (type.kind === "float" || type.kind === "double") return doubleOfKey(key)
  return key
}

const splitKey = (key: Uint8Array, count: number): readonly (Uint8Array | null)[] => {
  const parts: (Uint8Array | null)[] = []
  let at = 0
  while (parts.length < count && at < key.length) {
    if (key[at++] === 0) {
      parts.push(null)
      continue
    }
    let length = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = key[at++] ?? 0
      length += (byte & 127) * scale
      if (byte < 128) break
    }
    parts.push(key.subarray(at, at + length))
    at += length
  }
  if (parts.length === count && at === key.length) return parts
  throw new FrameFault("BAD_LENGTH", at, `no key of ${count} fields`)
}
