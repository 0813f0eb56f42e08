import type { FixedType, LogicalType, PrimitiveType } from "../../avro/type.ts"
import { decimalText } from "./edge-values.ts"
import { sampleNumber } from "./sample-number.ts"
import type { SampleRandom } from "./sample-random.ts"
import { sampleInstant, type SamplePlace, sampleText } from "./sample-words.ts"

const day = 86_400_000

/** A plausible value of a type without parts, for the field of this name. */
export const sampleScalar = (
  type: PrimitiveType | FixedType,
  name: string,
  place: SamplePlace,
  random: SampleRandom
): unknown => {
  if (type.logical !== undefined) return sampleLogical(type.logical, name, place, random)
  switch (type.kind) {
    case "null":
      return null
    case "boolean":
      return !random.oneIn(3)
    case "int":
      return sampleNumber(name, place, true, random)
    case "long": {
      const number = sampleNumber(name, place, true, random)
      return type.attributes["millrace.js"] === "bigint" ? BigInt(number) : number
    }
    case "float":
      return Math.fround(sampleNumber(name, place, false, random))
    case "double":
      return sampleNumber(name, place, false, random)
    case "bytes":
      return bytesOf(random.between(0, 16), random)
    case "fixed":
      return bytesOf(type.size, random)
    default:
      return sampleText(name, place, random)
  }
}

const sampleLogical = (
  logical: LogicalType,
  name: string,
  place: SamplePlace,
  random: SampleRandom
): unknown => {
  const instant = sampleInstant(random)
  switch (logical.name) {
    case "decimal":
      return decimal(logical, sampleNumber(name, place, false, random))
    case "uuid":
      return uuid(random)
    case "date":
      return Math.floor(instant / day)
    case "time-millis":
      return instant % day
    case "time-micros":
      return (instant % day) * 1_000
    case "timestamp-micros":
    case "local-timestamp-micros":
      return instant * 1_000
    case "duration":
      return { months: 0, days: random.between(0, 30), milliseconds: random.between(0, day) }
    default:
      return instant
  }
}

/** Two digits after the point at most; what the precision has no room for is cut off at the front. */
const decimal = (
  { precision, scale }: { readonly precision: number; readonly scale: number },
  value: number
) => {
  const digits = Math.min(scale, 2)
  const unscaled = BigInt(Math.round(value * 10 ** digits)) * 10n ** BigInt(scale - digits)
  return decimalText(unscaled % 10n ** BigInt(precision), scale)
}

const bytesOf = (length: number, random: SampleRandom): Uint8Array =>
  Uint8Array.from({ length }, () => random.between(0, 255))

/** Version 4 by its form (RFC 9562 §5.4). */
const uuid = (random: SampleRandom): string => {
  const hex = Array.from(bytesOf(16, random), (byte, at) =>
    (at === 6 ? (byte & 15) | 64 : at === 8 ? (byte & 63) | 128 : byte).toString(16).padStart(2, "0")
  ).join("")
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
}
