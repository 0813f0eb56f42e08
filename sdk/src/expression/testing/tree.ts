import * as fc from "fast-check"
import { orNull, primitive, record } from "./sample-row.ts"

/*
 * Random expressions of known type, as a tree that neither parser nor checker had a hand in. Three things are made of
 * it: our text, DuckDB's text (print-tree.ts), and the value by a plain walk (evaluate-tree.ts).
 */
export type TreeType = "boolean" | "int" | "bigint" | "double" | "decimal" | "string" | "date"

export interface Tree {
  readonly op: string
  readonly type: TreeType
  readonly args: readonly Tree[]
  /** A field's name, a literal's text, a comparison's operator, a pattern, digits. */
  readonly text: string
}

const decimalType = primitive("bytes", { name: "decimal", precision: 8, scale: 2 })
const avroTypes = {
  boolean: primitive("boolean"),
  int: primitive("int"),
  bigint: primitive("long"),
  double: primitive("double"),
  decimal: decimalType,
  string: primitive("string"),
  date: primitive("int", { name: "date" })
} as const
export const treeTypes: readonly TreeType[] = [
  "boolean",
  "int",
  "bigint",
  "double",
  "decimal",
  "string",
  "date"
]

/** Per type a field x_TYPE and a nullable one n_TYPE. */
export const treeSchema = record(
  "Tree",
  Object.fromEntries(
    treeTypes.flatMap((type) => [
      [`x_${type}`, avroTypes[type]],
      [`n_${type}`, orNull(avroTypes[type])]
    ])
  )
)
export type TreeRow = { readonly [name: string]: null | boolean | number | string }

const word = fc.string({ unit: fc.constantFrom("a", "b", "B", " ", "é", "😀", "1", "%"), maxLength: 5 })
const money = fc.integer({ min: -99_999, max: 99_999 }).map((cents) => {
  const digits = String(Math.abs(cents)).padStart(3, "0")
  return `${cents < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`
})
const double = fc.oneof(
  fc.integer({ min: -40, max: 40 }).map((quarter) => quarter / 4),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(0, 0.1, 1e300)
)
const values: { readonly [type in TreeType]: fc.Arbitrary<boolean | number | string> } = {
  boolean: fc.boolean(),
  int: fc.oneof(fc.integer({ min: -9, max: 9 }), fc.integer()),
  bigint: fc.oneof(
    fc.integer({ min: -9, max: 9 }),
    fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER })
  ),
  double,
  decimal: money,
  string: word,
  date: fc.integer({ min: -30_000, max: 40_000 })
}

export const treeRow: fc.Arbitrary<TreeRow> = fc
  .tuple(...treeTypes.flatMap((type) => [values[type], fc.option(values[type], { freq: 2 })]))
  .map((list) =>
    Object.fromEntries(
      treeTypes.flatMap((type, index) => [
        [`x_${type}`, list[2 * index] ?? null],
        [`n_${type}`, list[2 * index + 1] ?? null]
      ])
    )
  )

type Of = (type: TreeType) => fc.Arbitrary<Tree>
const tree = (type: TreeType, op: string, args: readonly Tree[] = [], text = ""): Tree => ({
  op,
  type,
  args,
  text
})

const build = (
  type: TreeType,
  op: string,
  args: readonly fc.Arbitrary<Tree>[],
  text: fc.Arbitrary<string> = fc.constant("")
) => fc.tuple(text, ...args).map(([detail, ...operands]) => tree(type, op, operands, detail))

function leaf(type: TreeType): fc.Arbitrary<Tree> {
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(`x_${type}`, `n_${type}`).map((name) => tree(type, "field", [], name))
    },
    { weight: 3, arbitrary: literalValue(type).map((text) => tree(type, "literal", [], text)) },
    { weight: 1, arbitrary: fc.constant(tree(type, "null")) }
  )
}

function literalValue(type: TreeType): fc.Arbitrary<string> {
  if (type === "int") return fc.integer({ min: -20, max: 20 }).map(String)
  if (type === "bigint") return fc.integer({ min: 2_147_483_648, max: 99_999_999_999 }).map(String)
  return values[type].map(String)
}

const numeric: readonly TreeType[] = ["int", "bigint", "double", "decimal"]
const numbers = fc.constantFrom(...numeric)
const comparable = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(numbers, numbers) },
  fc.constantFrom<TreeType>("string", "date", "boolean").map((type) => [type, type] as const)
)
const comparators = fc.constantFrom("=", "<>", "<", "<=", ">", ">=")
const pattern = fc.string({ unit: fc.constantFrom("a", "b", "é", "😀", "%", "_"), maxLength: 4 })

/** What any type has. */
function general(type: TreeType, of: Of): readonly fc.Arbitrary<Tree>[] {
  const own = of(type)
  return [
    build(type, "coalesce", [own, own]),
    build(type, "nullif", [own, own]),
    build(type, "if", [of("boolean"), own, own]),
    build(type, "case", [of("boolean"), own, of("boolean"), own, own]),
    build(type, "switch", [of("int"), of("int"), own, own])
  ]
}

function conditions(of: Of): readonly fc.Arbitrary<Tree>[] {
  const condition = of("boolean")
  const compared = (op: string, extra: number, text: fc.Arbitrary<string>) =>
    comparable.chain(([one, other]) =>
      build("boolean", op, [of(one), ...Array.from({ length: extra }, () => of(other))], text)
    )
  const negated = fc.constantFrom("", "NOT ")
  return [
    build("boolean", "and", [condition, condition, condition]),
    build("boolean", "or", [condition, condition, condition]),
    build("boolean", "not", [condition]),
    build(
      "boolean",
      "is",
      [condition],
      fc.constantFrom("TRUE", "NOT TRUE", "FALSE", "NOT FALSE", "NULL", "NOT NULL")
    ),
    fc
      .constantFrom(...treeTypes)
      .chain((type) => build("boolean", "is", [of(type)], fc.constantFrom("NULL", "NOT NULL"))),
    compared("compare", 1, comparators),
    compared("compare", 1, comparators),
    compared("distinct", 1, negated),
    compared("between", 2, negated),
    compared("in", 3, negated),
    build("boolean", "like", [of("string")], pattern),
    build("boolean", "starts", [of("string"), of("string")])
  ]
}

function numbersOf(type: TreeType, of: Of): readonly fc.Arbitrary<Tree>[] {
  const own = of(type)
  const binary = (op: string) => build(type, op, [own, own])
  const shared = [binary("+"), binary("-"), build(type, "negate", [own]), build(type, "abs", [own])]
  const digits = fc.constantFrom("0", "1", "-1")
  if (type === "decimal")
    return [...shared, build(type, "*", [leaf(type), leaf(type)]), build(type, "round", [own], digits)]
  const more = [...shared, binary("*"), binary("/")]
  if (type === "double")
    return [
      ...more,
      ...["floor", "ceil", "round"].map((op) => build(type, op, [own], fc.constant("0"))),
      build(type, "widen", [of("int")])
    ]
  const integers = [...more, binary("%")]
  if (type === "bigint")
    return [
      ...integers,
      build(
        type,
        "extract",
        [of("date")],
        fc.constantFrom("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DOW", "DOY")
      ),
      build(type, "widen", [of("int")])
    ]
  return [
    ...integers,
    build(type, "length", [of("string")]),
    build(type, "position", [of("string"), of("string")]),
    build(type, "truncate", [of("double")])
  ]
}

function strings(of: Of): readonly fc.Arbitrary<Tree>[] {
  const own = of("string")
  const start = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 4 })).map(String)
  return [
    build("string", "upper", [own]),
    build("string", "lower", [own]),
    build("string", "trim", [own]),
    build("string", "concat", [own, own, own]),
    build("string", "replace", [own, own, own]),
    build("string", "substring", [own], start),
    build("string", "textOfInt", [of("int")]),
    build("string", "textOfDecimal", [leaf("decimal")]),
    build("string", "textOfDate", [of("date")])
  ]
}

/** Random trees of a type, at most `depth` operators deep. */
export function trees(depth: number): Of {
  const known = new Map<string, fc.Arbitrary<Tree>>()
  const at =
    (level: number): Of =>
    (type) => {
      const key = `${type} ${level}`
      const found = known.get(key) ?? (level === 0 ? leaf(type) : grown(type, level))
      known.set(key, found)
      return found
    }
  const grown = (type: TreeType, level: number) => {
    const of = at(level - 1)
    const own =
      type === "boolean"
        ? conditions(of)
        : type === "string"
          ? strings(of)
          : type === "date"
            ? []
            : numbersOf(type, of)
    return fc.oneof(leaf(type), ...own, ...own, ...general(type, of))
  }
  return at(depth)
}
