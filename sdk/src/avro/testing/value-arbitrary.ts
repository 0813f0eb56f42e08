import * as fc from "fast-check"

import type { AvroType, LogicalType, PrimitiveType, RecordType } from "../type.ts"

/** Floats as they come back from four bytes. */
const float32 = fc.float().map(Math.fround)

const int32 = fc.integer()

const safeLong = fc.oneof(int32, fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }))

const text = fc.string({ unit: "binary", maxLength: 12 })

const scalars: { readonly [kind: string]: fc.Arbitrary<unknown> } = {
  null: fc.constant(null),
  boolean: fc.boolean(),
  int: int32,
  long: safeLong,
  float: float32,
  double: fc.double(),
  bytes: fc.uint8Array({ maxLength: 12 }),
  string: text
}

const day = 86_400_000

const logicals: { readonly [name in Exclude<LogicalType["name"], "decimal">]: fc.Arbitrary<unknown> } = {
  uuid: fc.uuid(),
  date: fc.integer({ min: -1_000_000, max: 1_000_000 }),
  "time-millis": fc.integer({ min: 0, max: day - 1 }),
  "time-micros": fc.integer({ min: 0, max: day * 1000 - 1 }),
  "timestamp-millis": fc.integer({ min: -8.64e15, max: 8.64e15 }),
  "timestamp-micros": safeLong,
  "local-timestamp-millis": fc.integer({ min: -8.64e15, max: 8.64e15 }),
  "local-timestamp-micros": safeLong,
  duration: fc.record({
    months: fc.nat({ max: 2 ** 32 - 1 }),
    days: fc.nat({ max: 2 ** 32 - 1 }),
    milliseconds: fc.nat({ max: 2 ** 32 - 1 })
  })
}

/** A decimal in plain notation with exactly `scale` digits after the point. */
const decimal = (precision: number, scale: number): fc.Arbitrary<string> => {
  const most = 10n ** BigInt(precision) - 1n
  return fc.bigInt({ min: -most, max: most }).map((unscaled) => {
    const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0")
    const point = digits.length - scale
    return `${unscaled < 0n ? "-" : ""}${digits.slice(0, point)}${scale === 0 ? "" : `.${digits.slice(point)}`}`
  })
}

/**
 * Values of a type, as they look in JavaScript (sdk/src/codec/view.ts). Recursive types end after a few levels.
 * Map keys never include `__proto__`: that has its own tests.
 */
export const valueArbitrary = (type: AvroType): fc.Arbitrary<unknown> => within(type, 0)

const maxLevel = 6

const within = (type: AvroType, level: number): fc.Arbitrary<unknown> => {
  const most = level >= maxLevel ? 0 : 3
  switch (type.kind) {
    case "union":
      return union(type.branches, level)
    case "array":
      return most === 0 ? fc.constant([]) : fc.array(within(type.items, level + 1), { maxLength: most })
    case "map":
      return most === 0 ? fc.constant(Object.create(null)) : map(within(type.values, level + 1), most)
    case "record":
      return record(type, level)
    case "enum":
      return fc.constantFrom(...type.symbols)
    case "fixed":
      return type.logical === undefined
        ? fc.uint8Array({ minLength: type.size, maxLength: type.size })
        : logical(type.logical)
    default:
      return primitive(type)
  }
}

const primitive = (type: PrimitiveType): fc.Arbitrary<unknown> => {
  if (type.kind === "long" && type.attributes["millrace.js"] === "bigint") {
    return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  }
  return type.logical === undefined ? scalars[type.kind]! : logical(type.logical)
}

const logical = (type: LogicalType): fc.Arbitrary<unknown> =>
  type.name === "decimal" ? decimal(type.precision, type.scale) : logicals[type.name]

const map = (values: fc.Arbitrary<unknown>, most: number): fc.Arbitrary<unknown> =>
  fc
    .array(
      fc.tuple(
        text.filter((key) => key !== "__proto__"),
        values
      ),
      { maxLength: most }
    )
    .map((entries) => Object.assign(Object.create(null), Object.fromEntries(entries)))

const record = (type: RecordType, level: number): fc.Arbitrary<unknown> =>
  fc
    .tuple(...type.fields.map((field) => within(field.type, level + 1)))
    .map((values) => Object.fromEntries(type.fields.map((field, index) => [field.name, values[index]])))

/** Deep down only the branches that end: null where there is one, else a scalar. */
const union = (branches: readonly AvroType[], level: number): fc.Arbitrary<unknown> => {
  const ending =
    branches.find((branch) => branch.kind === "null") ?? branches.find((branch) => branch.kind !== "record")
  if (level >= maxLevel && ending !== undefined) return within(ending, level + 1)
  return fc.oneof(...branches.map((branch) => within(branch, level + 1)))
}
