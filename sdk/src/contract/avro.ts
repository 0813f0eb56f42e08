import * as Schema from "effect/Schema"

import { maxDigits } from "../avro/parse/logical.ts"
import type { AvroType, EnumType, FixedType, LogicalType, PrimitiveKind } from "../avro/type.ts"
// Types the annotations that are used here and by authors.
import type {} from "./avro-annotations.ts"

/**
 * A schema for every Avro type that Effect's own do not already say. Values look as everywhere in Millrace: instants and
 * times are numbers in the type's own unit, decimals are strings, `Long` is a bigint. None of them transforms.
 */

const primitive = (kind: PrimitiveKind, name?: Exclude<LogicalType["name"], "decimal">): AvroType =>
  name === undefined ? { kind, attributes: {} } : { kind, logical: { name }, attributes: {} }

const whole = (type: AvroType, minimum: number, maximum: number) =>
  Schema.Number.check(Schema.isInt(), Schema.isBetween({ minimum, maximum })).annotate({ "avro.type": type })

const instant = (name: Exclude<LogicalType["name"], "decimal">) =>
  whole(primitive("long", name), Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)

/** A whole number from -2^31 to 2^31-1: Avro int. */
export const Int32 = whole(primitive("int"), -(2 ** 31), 2 ** 31 - 1)

/** A bigint from -2^63 to 2^63-1: Avro long. `Schema.Int` is an Avro long too, as a number within 2^53-1. */
export const Long = Schema.BigInt.check(
  Schema.isBetweenBigInt({ minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n })
).annotate({
  "avro.type": { kind: "long", attributes: { "millrace.js": "bigint" } }
})

/** A number kept in four bytes: about seven digits. */
export const Float = Schema.Number.annotate({ "avro.type": primitive("float") })

/** A number kept in eight bytes; the same as `Schema.Number`. */
export const Double = Schema.Number.annotate({ "avro.type": primitive("double") })

/** Any number of bytes; the same as `Schema.Uint8Array`. */
export const Bytes = Schema.Uint8Array.annotate({ "avro.type": primitive("bytes") })

/** Exactly `size` bytes, by name. */
export const Fixed = (name: string, size: number) =>
  Schema.Uint8Array.check(Schema.isBetweenLength(size, size)).annotate({
    "avro.type": { kind: "fixed", name, aliases: [], size, attributes: {} } satisfies FixedType
  })

/** One of the symbols. A reader that meets a symbol it does not know takes its `default`, if it has one. */
export const Enum = <const Symbols extends readonly string[]>(
  name: string,
  symbols: Symbols,
  options: {
    readonly default?: Symbols[number]
    readonly aliases?: readonly string[]
    readonly doc?: string
  } = {}
) => {
  const { default: fallback, aliases = [], doc } = options
  const type: EnumType = {
    kind: "enum",
    name,
    aliases,
    symbols,
    ...(doc === undefined ? {} : { doc }),
    ...(fallback === undefined ? {} : { default: fallback }),
    attributes: {}
  }
  return Schema.Literals(symbols).annotate({ "avro.type": type })
}

/**
 * An exact decimal as text in plain notation with exactly `scale` fraction digits: "12.30". `fixed` keeps it in that many
 * bytes under a name. @throws RangeError when precision and scale are no decimal's, or do not fit the fixed.
 */
export const Decimal = (options: {
  readonly precision: number
  readonly scale: number
  readonly fixed?: { readonly name: string; readonly size: number }
}) => {
  const { precision, scale, fixed } = options
  const most = fixed === undefined ? 1000 : Math.min(1000, maxDigits(fixed.size))
  const wellFormed =
    Number.isInteger(precision) && Number.isInteger(scale) && precision >= 1 && precision <= most
  if (!wellFormed || scale < 0 || scale > precision) {
    throw new RangeError(
      `A decimal has 1 to ${most} digits and a scale from 0 to as many: got (${precision}, ${scale}).`
    )
  }
  const logical: LogicalType = { name: "decimal", precision, scale }
  const type: AvroType =
    fixed === undefined
      ? { kind: "bytes", logical, attributes: {} }
      : { kind: "fixed", name: fixed.name, aliases: [], size: fixed.size, logical, attributes: {} }
  return Schema.String.check(Schema.isPattern(decimalPattern(precision, scale))).annotate({
    "avro.type": type
  })
}

const decimalPattern = (precision: number, scale: number): RegExp => {
  const digits = precision - scale
  const before = digits === 0 ? "0" : digits === 1 ? "[0-9]" : `(?:0|[1-9][0-9]{0,${digits - 1}})`
  return new RegExp(`^-?${before}${scale === 0 ? "" : `\\.[0-9]{${scale}}`}$`)
}

/** A UUID as text. */
export const Uuid = Schema.String.check(
  Schema.isPattern(/^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/)
).annotate({ "avro.type": primitive("string", "uuid") })

/** Days since 1970-01-01. */
export const Date = whole(primitive("int", "date"), -(2 ** 31), 2 ** 31 - 1)

const day = 86_400_000

/** Milliseconds since midnight. */
export const TimeMillis = whole(primitive("int", "time-millis"), 0, day - 1)

/** Microseconds since midnight. */
export const TimeMicros = whole(primitive("long", "time-micros"), 0, day * 1000 - 1)

/** An instant: milliseconds since 1970-01-01T00:00:00Z. */
export const TimestampMillis = instant("timestamp-millis")

/** An instant: microseconds since 1970-01-01T00:00:00Z. */
export const TimestampMicros = instant("timestamp-micros")

/** A date and time without a zone: milliseconds since 1970-01-01T00:00:00 there. */
export const LocalTimestampMillis = instant("local-timestamp-millis")

/** A date and time without a zone: microseconds since 1970-01-01T00:00:00 there. */
export const LocalTimestampMicros = instant("local-timestamp-micros")

const uint32 = Schema.Number.check(Schema.isInt(), Schema.isBetween({ minimum: 0, maximum: 2 ** 32 - 1 }))

/** A calendar duration; each part from 0 to 2^32-1. */
export const Duration = Schema.Struct({ months: uint32, days: uint32, milliseconds: uint32 }).annotate({
  "avro.type": {
    kind: "fixed",
    name: "Duration",
    aliases: [],
    size: 12,
    logical: { name: "duration" },
    attributes: {}
  }
})
