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
import { prepareChecks, runChecks } from "./runtime-check.ts"
import { CodecFault, faultWithin, isCodecFault, mapStep } from "./runtime-fault.ts"
import {
  bytesOfDecimal,
  bytesOfDuration,
  bytesOfUuid,
  decimalOfBytes,
  durationOfBytes
} from "./runtime-logical.ts"
import { isDecimal, isDuration, isUuid, uuidOfBytes } from "./runtime-logical.ts"
import { ValueReader } from "./runtime-reader.ts"
import {
  checkArray,
  checkRecord,
  isBigLong,
  isBytes,
  isFixed,
  isInt,
  isLong,
  isMap
} from "./runtime-writer.ts"
import {
  isBareMap,
  isFloat,
  isObject,
  isRecordLike,
  keysOfMap,
  ownProperty,
  putBigLong,
  putBoolean,
  putByteString
} from "./runtime-writer.ts"
import {
  putDouble,
  putFixed,
  putFloat,
  putInt,
  putLength,
  putLong,
  putNull,
  putString
} from "./runtime-writer.ts"
import { putSymbol, putUuid, ValueWriter, wrongType } from "./runtime-writer.ts"
import { createObject, bigintOf, froundOf, isArray } from "../record/built-ins.ts"

/**
 * What generated codec texts are given: `(rt) => ({…})`. Published with the platform, not with bundles: text and runtime are
 * always of one version.
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */
export const codecRuntime = {
  ValueReader,
  ValueWriter,
  CodecFault,
  faultWithin,
  isCodecFault,
  mapStep,
  prepareChecks,
  runChecks,
  isArray,
  fround: froundOf,
  toBigint: bigintOf,
  newMap,
  mapOf,
  bytesOf,
  decimalOfBytes,
  bytesOfDecimal,
  durationOfBytes,
  bytesOfDuration,
  uuidOfBytes,
  bytesOfUuid,
  wrongType,
  ownProperty,
  checkRecord,
  checkArray,
  keysOfMap,
  putNull,
  putBoolean,
  putInt,
  putLong,
  putBigLong,
  putFloat,
  putDouble,
  putString,
  putUuid,
  putByteString,
  putFixed,
  putSymbol,
  putLength,
  isInt,
  isLong,
  isBigLong,
  isBytes,
  isFixed,
  isMap,
  isBareMap,
  isFloat,
  isObject,
  isRecordLike,
  isDecimal,
  isDuration,
  isUuid,
  unresolved,
  refuse,
  refuseDefault,
  compositeKey,
  keyOfText,
  keyOfBoolean,
  keyOfLong,
  keyOfBigint,
  keyOfDouble,
  textOfKey,
  booleanOfKey,
  longOfKey,
  bigintOfKey,
  doubleOfKey
}

export type CodecRuntime = typeof codecRuntime

/** A map's object: no prototype, so that the key `__proto__` is a key like any other. */
function newMap(): { [key: string]: unknown } {
  return createObject(null)
}

function mapOf(entries: readonly (readonly [string, unknown])[]): { [key: string]: unknown } {
  const map = newMap()
  for (let i = 0; i < entries.length; i++) map[entries[i][0]] = entries[i][1]
  return map
}

function bytesOf(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length)
  for (let i = 0; i < values.length; i++) bytes[i] = values[i]
  return bytes
}

function unresolved(message: string): CodecFault {
  return new CodecFault("UNRESOLVED", -1, message)
}

/** Stands in an expression where a value of another type was given. */
function refuse(expected: string, value: unknown): never {
  throw wrongType(expected, value)
}

/** Stands for a default that cannot be used. */
function refuseDefault(message: string): never {
  throw unresolved(message)
}
