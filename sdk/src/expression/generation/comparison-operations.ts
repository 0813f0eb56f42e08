import { inline, repeating, type Operation, type Operations } from "./operation.ts"

const operators = { equal: "===", unequal: "!==", less: "<", atMost: "<=", more: ">", atLeast: ">=" } as const
type Name = keyof typeof operators
const names = ["equal", "unequal", "less", "atMost", "more", "atLeast"] as const

function byOperator(form: string): Operations {
  return names.map((name) => [`${name}:${form}`, inline(([a, b]) => `(${a} ${operators[name]} ${b})`)])
}

function byFunction(form: string, compare: string): Operations {
  return names.map((name) => [
    `${name}:${form}`,
    inline(([a, b]) => `(${compare}(${a}, ${b}) ${operators[name]} 0)`, compare)
  ])
}

/** A literal is never NaN. */
const isLiteral = (text: string | undefined) => text !== undefined && /^\(?-?[0-9]/.test(text)

/** NaN equals NaN and is above every other number; with a literal on one side one plain comparison does. */
function floating(name: Name): Operation {
  return repeating(([a, b]) => {
    if (!isLiteral(a) && !isLiteral(b)) return `(compareFloating(${a}, ${b}) ${operators[name]} 0)`
    if (name === "equal" || name === "unequal") return `(${a} ${operators[name]} ${b})`
    // The side that may be NaN is above: what asks for "above" is turned into the negation of what NaN makes false.
    const above = isLiteral(b) ? name === "more" || name === "atLeast" : name === "less" || name === "atMost"
    if (!above) return `(${a} ${operators[name]} ${b})`
    const opposite = { more: "<=", atLeast: "<", less: ">=", atMost: ">" } as const
    return `!(${a} ${opposite[name]} ${b})`
  }, "compareFloating")
}

const bytesEqual = byFunction("bytes", "compareBytes")

const equality: { readonly [form: string]: (value: string, other: string) => string } = {
  number: (value, other) => `${value} === ${other}`,
  big: (value, other) => `${value} === ${other}`,
  floating: (value, other) => `${value} === ${other}`,
  text: (value, other) => `${value} === ${other}`,
  boolean: (value, other) => `${value} === ${other}`,
  bytes: (value, other) => `compareBytes(${value}, ${other}) === 0`
}

/** x IN (constants): the first operand against each of the others. */
const among: Operations = Object.entries(equality).map(([form, equal]) => [
  `among:${form}`,
  repeating(
    ([value = "", ...list]) => `(${list.map((other) => equal(value, other)).join(" || ")})`,
    ...(form === "bytes" ? ["compareBytes"] : [])
  )
])

const compares = {
  number: "comparePlain",
  big: "comparePlain",
  boolean: "comparePlain",
  floating: "compareFloating",
  text: "compareText"
} as const

const extremes: Operations = Object.entries(compares).flatMap(([form, compare]) =>
  (["GREATEST", "LEAST"] as const).map((name) => {
    const sign = name === "GREATEST" ? "1" : "-1"
    const text: Operation["text"] = (args) => `extreme(${compare}, ${sign}, [${args.join(", ")}])`
    return [`${name}:${form}`, inline(text, "extreme", compare)] as const
  })
)

export const comparisonOperations: Operations = [
  ...byOperator("number"),
  ...byOperator("big"),
  ...byOperator("boolean"),
  ...names.map((name) => [`${name}:floating`, floating(name)] as const),
  ...byFunction("text", "compareText").filter(([name]) => name !== "equal:text" && name !== "unequal:text"),
  ...byOperator("text").filter(([name]) => name === "equal:text" || name === "unequal:text"),
  ...bytesEqual,
  ...among,
  ...extremes,
  ["not", inline(([value]) => `!${value}`)]
]
