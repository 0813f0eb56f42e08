import * as fc from "fast-check"
import type { FixedType, LogicalType, PrimitiveType } from "../../avro/type.ts"
import {
  decimalText,
  edgeBigLongs,
  edgeDecimals,
  edgeLogicals,
  edgeScalars,
  edgeTexts
} from "./edge-values.ts"
import { type ValueChecks, valueChecks } from "./value-checks.ts"

/** Values of a type that has no parts: one in three is an edge. What the contract's checks forbid is left out. */
export const scalarArbitrary = (type: PrimitiveType | FixedType): fc.Arbitrary<unknown> => {
  const checks = valueChecks(type.attributes)
  const { edges, others } = type.kind === "fixed" ? fixed(type) : primitive(type, checks)
  const allowed = edges.filter(checks.passes)
  const rest = checks.free ? others : others.filter(checks.passes)
  if (allowed.length === 0) return rest
  return fc.oneof({ arbitrary: fc.constantFrom(...allowed), weight: 1 }, { arbitrary: rest, weight: 2 })
}

interface Scalars {
  readonly edges: readonly unknown[]
  readonly others: fc.Arbitrary<unknown>
}

const fixed = (type: FixedType): Scalars => {
  if (type.logical !== undefined) return logical(type.logical, valueChecks(type.attributes))
  const others = fc.uint8Array({ minLength: type.size, maxLength: type.size })
  return { edges: [new Uint8Array(type.size), new Uint8Array(type.size).fill(255)], others }
}

const primitive = (type: PrimitiveType, checks: ValueChecks): Scalars => {
  if (type.kind === "long" && type.attributes["millrace.js"] === "bigint") {
    const limit = (value: number, otherwise: bigint) =>
      Number.isFinite(value) ? BigInt(Math.trunc(value)) : otherwise
    const min = limit(checks.minimum, -(2n ** 63n))
    return { edges: edgeBigLongs, others: fc.bigInt({ min, max: limit(checks.maximum, 2n ** 63n - 1n) }) }
  }
  if (type.logical !== undefined) return logical(type.logical, checks)
  const edges = [...edgeScalars[type.kind], ...(isNumeric(type) ? limitsOf(checks) : [])]
  return { edges: edges.filter((edge) => isWhole(type, edge)), others: plain(type, checks) }
}

/** The limits that the contract names are edges too. */
const limitsOf = ({ minimum, maximum, multipleOf = 0 }: ValueChecks): readonly number[] =>
  [minimum, maximum, multipleOf].filter(Number.isFinite)

const isNumeric = ({ kind }: PrimitiveType): boolean =>
  kind === "int" || kind === "long" || kind === "float" || kind === "double"

const isWhole = ({ kind }: PrimitiveType, edge: unknown): boolean =>
  (kind !== "int" && kind !== "long") || Number.isInteger(edge)

const plain = (type: PrimitiveType, checks: ValueChecks): fc.Arbitrary<unknown> => {
  switch (type.kind) {
    case "null":
      return fc.constant(null)
    case "boolean":
      return fc.boolean()
    case "int":
      return whole(checks, -(2 ** 31), 2 ** 31 - 1)
    case "long":
      return whole(checks, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
    case "float":
      return bounded(checks).map(Math.fround)
    case "double":
      return bounded(checks)
    case "bytes":
      return fc.uint8Array({
        minLength: checks.minLength,
        maxLength: Math.min(checks.maxLength, checks.minLength + 40)
      })
    default:
      return text(checks)
  }
}

const whole = ({ minimum, maximum, multipleOf = 1 }: ValueChecks, least: number, most: number) => {
  const step = Number.isInteger(multipleOf) && multipleOf > 0 ? multipleOf : 1
  const min = Math.ceil(Math.max(minimum, least) / step)
  const max = Math.max(min, Math.floor(Math.min(maximum, most) / step))
  return fc
    .oneof(fc.integer({ min: clamp(-100, min, max), max: clamp(100, min, max) }), fc.integer({ min, max }))
    .map((count) => count * step)
}

const clamp = (value: number, min: number, max: number): number => Math.min(Math.max(value, min), max)

const bounded = ({ minimum, maximum, multipleOf }: ValueChecks): fc.Arbitrary<number> => {
  if (multipleOf !== undefined)
    return fc.integer({ min: -1_000, max: 1_000 }).map((count) => count * multipleOf)
  if (minimum === -Infinity && maximum === Infinity) return fc.double()
  return fc.double({ min: minimum, max: Math.max(minimum, maximum), noNaN: true })
}

const text = ({ minLength, maxLength, pattern }: ValueChecks): fc.Arbitrary<string> => {
  if (pattern !== undefined) return matching(pattern)
  const most = Math.min(maxLength, minLength + 20)
  return fc.oneof(
    fc.string({ unit: "grapheme-ascii", minLength, maxLength: most }),
    fc.string({ unit: "binary", minLength, maxLength: most }),
    fc.constantFrom(...edgeTexts).map((edge) => edge.padEnd(minLength, "x").slice(0, maxLength))
  )
}

/** fast-check writes texts for most patterns; one that it cannot read is left to chance. */
const matching = (pattern: string): fc.Arbitrary<string> => {
  try {
    return fc.stringMatching(new RegExp(pattern))
  } catch {
    return fc.string({ unit: "grapheme-ascii", maxLength: 20 })
  }
}

const logical = (type: LogicalType, checks: ValueChecks): Scalars => {
  if (type.name === "uuid") return { edges: edgeLogicals.uuid, others: fc.uuid() }
  if (type.name === "duration")
    return {
      edges: edgeLogicals.duration,
      others: fc.record({ months: span, days: span, milliseconds: span })
    }
  if (type.name !== "decimal")
    return {
      edges: [...edgeLogicals[type.name], ...limitsOf(checks)].filter(Number.isInteger),
      others: whole(checks, ...ranges[type.name])
    }
  const most = 10n ** BigInt(type.precision) - 1n
  const others = fc.bigInt({ min: -most, max: most }).map((unscaled) => decimalText(unscaled, type.scale))
  return { edges: edgeDecimals(type.precision, type.scale), others }
}

const span = fc.nat({ max: 2 ** 32 - 1 })
const day = 86_400_000
const dates: readonly [number, number] = [-8.64e15, 8.64e15]
const safeLongs: readonly [number, number] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]

const ranges: {
  readonly [Name in Exclude<LogicalType["name"], "decimal" | "uuid" | "duration">]: readonly [number, number]
} = {
  date: [-1_000_000, 1_000_000],
  "time-millis": [0, day - 1],
  "time-micros": [0, day * 1_000 - 1],
  "timestamp-millis": dates,
  "timestamp-micros": safeLongs,
  "local-timestamp-millis": dates,
  "local-timestamp-micros": safeLongs
}
