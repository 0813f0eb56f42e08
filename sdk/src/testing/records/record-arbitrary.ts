import * as fc from "fast-check"
import type { Attributes, AvroField, AvroType, RecordType } from "../../avro/type.ts"
import { edgeTexts } from "./edge-values.ts"
import { scalarArbitrary } from "./scalar-arbitrary.ts"
import { valueChecks } from "./value-checks.ts"

/**
 * Values of a record, as they look to a body (codec/view.ts): edges of every type, empty and long lists, every branch of
 * a union. They pass the contract's checks. Recursive types end after a few levels.
 */
export const recordArbitrary = (type: RecordType): fc.Arbitrary<unknown> => record(type, 0)

const maxLevel = 4

const within = (type: AvroType, level: number): fc.Arbitrary<unknown> => {
  switch (type.kind) {
    case "record":
      return record(type, level)
    case "union":
      return union(type.branches, level)
    case "enum":
      return fc.constantFrom(...type.symbols)
    case "array":
      return list(within(type.items, level + 1), type.attributes, level)
    case "map":
      return map(within(type.values, level + 1), type.attributes, level)
    default:
      return scalarArbitrary(type)
  }
}

const record = (type: RecordType, level: number): fc.Arbitrary<unknown> =>
  fc
    .tuple(...type.fields.map((field) => fieldValue(field, level + 1)))
    .map((values) => Object.fromEntries(type.fields.map((field, index) => [field.name, values[index]])))

const fieldValue = (field: AvroField, level: number): fc.Arbitrary<unknown> => {
  const checks = valueChecks(field.attributes)
  const values = within(field.type, level)
  return checks.free ? values : values.filter(checks.passes)
}

/** Deep down only the branches that end: null where there is one, else a scalar. Null comes first, to shrink to it. */
const union = (branches: readonly AvroType[], level: number): fc.Arbitrary<unknown> => {
  const ending =
    branches.find((branch) => branch.kind === "null") ?? branches.find((branch) => branch.kind !== "record")
  if (level >= maxLevel && ending !== undefined) return within(ending, level + 1)
  const sorted = branches.toSorted(
    (left, right) => Number(right.kind === "null") - Number(left.kind === "null")
  )
  const weights = sorted.map((branch) => ({
    arbitrary: within(branch, level + 1),
    weight: branch.kind === "null" ? 1 : 2
  }))
  return fc.oneof({ withCrossShrink: true }, ...weights)
}

const lengths = (attributes: Attributes, level: number) => {
  const { minLength, maxLength } = valueChecks(attributes)
  const most = level >= maxLevel ? minLength : Math.min(maxLength, minLength + 4)
  return { minLength, maxLength: most }
}

const list = (items: fc.Arbitrary<unknown>, attributes: Attributes, level: number) =>
  fc.array(items, lengths(attributes, level))

const keys = fc.oneof(
  fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 8 }),
  fc.constantFrom(...edgeTexts.filter((text) => text.length < 100))
)

const map = (values: fc.Arbitrary<unknown>, attributes: Attributes, level: number) => {
  const { minLength, maxLength } = lengths(attributes, level)
  const entries = fc.tuple(
    keys.filter((key) => key !== "__proto__"),
    values
  )
  return fc
    .uniqueArray(entries, { minLength, maxLength, selector: ([key]) => key })
    .map((pairs): unknown => Object.assign(Object.create(null), Object.fromEntries(pairs)))
}
