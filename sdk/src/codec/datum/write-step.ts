import type {
  Attributes,
  AvroType,
  FixedType,
  PrimitiveType,
  RecordType,
  UnionType
} from "../../avro/type.ts"
import type { ByteSink } from "../../record/byte-sink.ts"
import { describe, isObjectBranch } from "../fit-code.ts"
import { checksOf, lookOf } from "../look.ts"
import { prepareChecks, runChecks } from "../runtime-check.ts"
import { CodecFault, faultWithin, mapStep } from "../runtime-fault.ts"
import { bytesOfDecimal, bytesOfDuration, bytesOfUuid } from "../runtime-logical.ts"
import {
  checkArray,
  checkRecord,
  keysOfMap,
  ownProperty,
  putBigLong,
  putBoolean,
  putByteString,
  putDouble,
  putFixed,
  putFloat,
  putInt,
  putLength,
  putLong,
  putNull,
  putString,
  putSymbol,
  putUuid,
  type ValueWriter,
  wrongType
} from "../runtime-writer.ts"
import { defaultValue } from "./default-value.ts"
import { type Fits, fitsAmong, fitsObject, tableOf } from "./fit-step.ts"
import { isInherited } from "./record-value.ts"

/** Where a value goes: the bytes, and the limits of the datum. */
export interface Target {
  readonly sink: ByteSink
  readonly limits: ValueWriter
}

/** Checks a value and appends it. */
export type Write = (to: Target, value: unknown) => void

interface RecordWrite {
  write: Write
  open: boolean
  recursive: boolean
}

/** Checks and writes values: what write-code.ts generates, as closures over the schema. */
export class WriteSteps {
  private readonly records = new Map<RecordType, RecordWrite>()

  value(type: AvroType): Write {
    if (type.kind === "union") return this.union(type)
    return checked(type.attributes, this.bare(type))
  }

  private bare(type: Exclude<AvroType, UnionType>): Write {
    switch (type.kind) {
      case "null":
        return (_to, value) => putNull(value)
      case "record":
        return this.record(type)
      case "enum": {
        const symbols = tableOf(type.symbols.map((symbol, index) => [symbol, index] as const))
        return ({ sink }, value) => putSymbol(sink, value, symbols)
      }
      case "array":
        return this.array(this.value(type.items))
      case "map":
        return this.map(this.value(type.values))
      default:
        return scalar(type)
    }
  }

  private record(type: RecordType): Write {
    const known = this.records.get(type)
    if (known !== undefined) {
      if (known.open) known.recursive = true
      return (to, value) => known.write(to, value)
    }
    const made: RecordWrite = { write: () => {}, open: true, recursive: false }
    this.records.set(type, made)
    const fields = type.fields.map((field) => this.field(field))
    made.open = false
    const { recursive } = made
    made.write = (to, value) => {
      checkRecord(value)
      if (recursive) to.limits.enter()
      let s = 0
      try {
        for (; s < fields.length; s++) fields[s](to, value)
      } catch (error) {
        throw faultWithin(error, type.fields[s].name)
      }
      if (recursive) to.limits.depth -= 1
    }
    return made.write
  }

  /** Takes the field out of the record; where it is undefined its default stands in. */
  private field({ name, type, attributes, default: given }: RecordType["fields"][number]): Write {
    const missing = given === undefined ? undefined : defaultValue(type, given.value)
    const write = checked(attributes, this.value(type))
    const property = isInherited(name)
      ? (record: object): unknown => ownProperty(record, name)
      : (record: object): unknown => Reflect.get(record, name)
    return (to, record) => {
      const value = property(Object(record))
      write(to, value === undefined && missing !== undefined ? missing() : value)
    }
  }

  private array(item: Write): Write {
    return (to, value) => {
      checkArray(value)
      const items: readonly unknown[] = Array.isArray(value) ? value : []
      // Asked once: a foreign array may answer anew each time.
      const count = items.length
      if (count > 0) {
        to.limits.count(to.sink, count)
        let n = 0
        try {
          for (; n < count; n++) item(to, items[n])
        } catch (error) {
          throw faultWithin(error, `[${n}]`)
        }
      }
      to.sink.byte(0)
    }
  }

  private map(item: Write): Write {
    return (to, value) => {
      const keys = keysOfMap(value)
      if (keys.length > 0) {
        to.limits.count(to.sink, keys.length)
        let n = 0
        try {
          for (; n < keys.length; n++) {
            const entry: unknown = Reflect.get(Object(value), keys[n])
            putString(to.sink, keys[n])
            item(to, entry)
          }
        } catch (error) {
          throw faultWithin(error, mapStep(keys[n]))
        }
      }
      to.sink.byte(0)
    }
  }

  private union(type: UnionType): Write {
    const objects = type.branches.filter(isObjectBranch)
    const wanted = type.branches.map(describe).join(" or ")
    const writes = type.branches.map((branch) => this.value(branch))
    const rounded = type.branches.findIndex((branch) => branch.kind === "float")
    /** Last of all, a number that no branch holds exactly is rounded to the union's float. */
    const otherwise = (to: Target, value: unknown, fault: unknown): void => {
      if (rounded < 0 || typeof value !== "number") throw fault ?? wrongType(wanted, value)
      putLength(to.sink, rounded)
      writes[rounded](to, value)
    }
    if (objects.length > 1) return ambiguousUnion(type, writes, otherwise)
    const tests = type.branches.map((branch): Fits => {
      // With one branch for objects, any object is meant for it, and what is wrong with it is worth saying.
      const isOnlyObject = objects.length === 1 && isObjectBranch(branch)
      return isOnlyObject ? isAnyObject : fitsAmong(type, branch)
    })
    return (to, value) => {
      const index = tests.findIndex((fits) => fits(value))
      if (index < 0) return otherwise(to, value, undefined)
      putLength(to.sink, index)
      writes[index](to, value)
    }
  }
}

const isAnyObject: Fits = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

/**
 * Several branches take objects: the first that the value fits exactly is tried (a record with all of its fields and no
 * property left over, a map without a prototype), then one whose absent fields have defaults, then the first that takes it
 * at all; a branch whose inner values do not fit is undone.
 */
const ambiguousUnion = (
  type: UnionType,
  writes: readonly Write[],
  otherwise: (to: Target, value: unknown, fault: unknown) => void
): Write => {
  const attempts = [2, 1, 0].flatMap((exact) =>
    type.branches.flatMap((branch, index) => {
      const isObject = isObjectBranch(branch)
      if (exact < 2 && !isObject) return []
      return [{ index, isObject, fits: isObject ? fitsObject(branch, exact) : fitsAmong(type, branch) }]
    })
  )
  return (to, value) => {
    const { length } = to.sink
    const { depth, items } = to.limits
    let fault: unknown
    for (const { index, isObject, fits } of attempts) {
      if (!fits(value)) continue
      try {
        putLength(to.sink, index)
        writes[index](to, value)
        return
      } catch (error) {
        if (!isObject || !(error instanceof CodecFault)) throw error
        to.sink.length = length
        to.limits.depth = depth
        to.limits.items = items
        fault ??= error
      }
    }
    otherwise(to, value, fault)
  }
}

/** Runs the contract's checks, then writes. */
const checked = (attributes: Attributes, write: Write): Write => {
  const checks = checksOf(attributes, "")
  if (checks.length === 0) return write
  const prepared = prepareChecks(checks)
  return (to, value) => {
    runChecks(prepared, value)
    write(to, value)
  }
}

const scalar = (type: PrimitiveType | FixedType): Write => {
  const look = lookOf(type)
  const base = basedOn(type)
  switch (type.kind) {
    case "boolean":
      return ({ sink }, value) => putBoolean(sink, value)
    case "int":
      return ({ sink }, value) => putInt(sink, value)
    case "long":
      return look.form === "bigint"
        ? ({ sink }, value) => putBigLong(sink, value)
        : ({ sink }, value) => putLong(sink, value)
    case "float":
      return ({ sink }, value) => putFloat(sink, value)
    case "double":
      return ({ sink }, value) => putDouble(sink, value)
    case "string":
      return look.form === "uuid"
        ? ({ sink }, value) => putUuid(sink, value)
        : ({ sink }, value) => putString(sink, value)
    case "fixed":
      return ({ sink }, value) => putFixed(sink, base(value), type.size)
    default:
      return ({ sink }, value) => putByteString(sink, base(value))
  }
}

/** The base value of one that looks different in JavaScript. */
const basedOn = (type: PrimitiveType | FixedType): ((value: unknown) => unknown) => {
  const look = lookOf(type)
  const size = type.kind === "fixed" ? type.size : -1
  if (look.form === "decimal") return (value) => bytesOfDecimal(value, look.precision, look.scale, size)
  if (look.form === "uuid" && type.kind === "fixed") return bytesOfUuid
  return look.form === "duration" ? bytesOfDuration : (value) => value
}
