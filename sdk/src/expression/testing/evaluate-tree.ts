import { dayText } from "./print-tree.ts"
import type { Tree, TreeRow } from "./tree.ts"

/** A decimal is a fraction of 10^scale. Integers are bigints. */
export type Value = null | boolean | bigint | number | string | Decimal
export interface Decimal {
  readonly unscaled: bigint
  readonly scale: number
}

/** The error that SQL demands instead of a value. */
export class Refused extends Error {}

/** The value of a tree by the definition of each operator, one node at a time. */
export function evaluateTree(tree: Tree, row: TreeRow): Value {
  const at = (index: number) => evaluateTree(tree.args[index]!, row)
  switch (tree.op) {
    case "field":
      return valueOf(tree.type, row[tree.text] ?? null)
    case "literal":
      return literalOf(tree)
    case "null":
      return null
    case "and":
    case "or":
      return junction(tree, row)
    case "not": {
      const value = at(0)
      return value === null ? null : value !== true
    }
    case "is":
      return isTest(at(0), tree.text)
    case "distinct": {
      const [left, right] = [at(0), at(1)]
      const same = left === null || right === null ? left === right : order(left, right) === 0
      return tree.text === "" ? !same : same
    }
    case "coalesce":
      return at(0) ?? at(1)
    case "nullif":
      return nullIf(at(0), () => at(1))
    case "if":
      return at(0) === true ? at(1) : at(2)
    case "case":
      return at(0) === true ? at(1) : at(2) === true ? at(3) : at(4)
    case "switch":
      return evaluateSwitch(tree, row)
    case "between":
    case "in":
      return membership(tree, row)
    default:
      return strict(tree, row)
  }
}

function nullIf(value: Value, other: () => Value): Value {
  if (value === null) return null
  const compared = other()
  return compared !== null && order(value, compared) === 0 ? null : value
}

function evaluateSwitch(tree: Tree, row: TreeRow): Value {
  const [subject, when, yes, no] = tree.args
  const value = evaluateTree(subject!, row)
  const match = value !== null && equals(value, evaluateTree(when!, row))
  return evaluateTree(match ? yes! : no!, row)
}

const equals = (left: Value, right: Value) => left !== null && right !== null && order(left, right) === 0

function literalOf(tree: Tree): Value {
  if (tree.type === "boolean") return tree.text === "true"
  if (tree.type === "double" || tree.type === "date") return valueOf(tree.type, Number(tree.text))
  return tree.type === "int" || tree.type === "bigint" ? BigInt(tree.text) : valueOf(tree.type, tree.text)
}

function valueOf(type: Tree["type"], value: TreeRow[string]): Value {
  if (value === null) return null
  if (type === "int" || type === "bigint") return BigInt(Number(value))
  if (type !== "decimal") return value
  const [whole = "", fraction = ""] = String(value).split(".")
  return { unscaled: BigInt(whole + fraction), scale: fraction.length }
}

function junction(tree: Tree, row: TreeRow): Value {
  const decisive = tree.op === "or"
  let unknown = false
  for (const arg of tree.args) {
    const value = evaluateTree(arg, row)
    if (value === decisive) return decisive
    if (value === null) unknown = true
  }
  return unknown ? null : !decisive
}

function isTest(value: Value, text: string): boolean {
  const wanted = text.replace("NOT ", "")
  const result = wanted === "NULL" ? value === null : value === (wanted === "TRUE")
  return text.startsWith("NOT") ? !result : result
}

function membership(tree: Tree, row: TreeRow): Value {
  const value = evaluateTree(tree.args[0]!, row)
  const tests = (tree.op === "in" ? tree.args.slice(1) : [tree.args[1]!, tree.args[2]!]).map(
    (arg, index) => () => {
      if (value === null) return null
      const other = evaluateTree(arg, row)
      if (other === null) return null
      const sign = order(value, other)
      return tree.op === "in" ? sign === 0 : index === 0 ? sign >= 0 : sign <= 0
    }
  )
  const decisive = tree.op === "in"
  let unknown = false
  let decided = false
  for (const test of tests) {
    const result = test()
    if (result === decisive) decided = true
    if (decided) break
    if (result === null) unknown = true
  }
  const result = decided ? decisive : unknown ? null : !decisive
  return result === null ? null : tree.text === "" ? result : !result
}

/** -1, 0, 1. An exact number against a double is compared as doubles; NaN is above all. */
function order(left: Exclude<Value, null>, right: Exclude<Value, null>): number {
  if (typeof left === "string" && typeof right === "string") {
    return Math.sign(Buffer.compare(Buffer.from(left), Buffer.from(right)))
  }
  if (typeof left === "boolean" || typeof right === "boolean") return Number(left) - Number(right)
  if (typeof left === "number" || typeof right === "number") {
    const [one, other] = [toDouble(left), toDouble(right)]
    if (Number.isNaN(one) || Number.isNaN(other))
      return Number(Number.isNaN(one)) - Number(Number.isNaN(other))
    return one < other ? -1 : one > other ? 1 : 0
  }
  const [one, other] = aligned(toDecimal(left), toDecimal(right))
  return one < other ? -1 : one > other ? 1 : 0
}

function toDouble(value: Exclude<Value, null>): number {
  return typeof value === "object" ? Number(`${value.unscaled}e-${value.scale}`) : Number(value)
}

function toDecimal(value: Exclude<Value, null>): Decimal {
  if (typeof value === "object") return value
  if (typeof value !== "bigint") throw new Error("not an exact number")
  return { unscaled: value, scale: 0 }
}

function aligned(left: Decimal, right: Decimal): readonly [bigint, bigint, number] {
  const scale = Math.max(left.scale, right.scale)
  const lift = (value: Decimal) => value.unscaled * 10n ** BigInt(scale - value.scale)
  return [lift(left), lift(right), scale]
}

/** Operators that are NULL when an operand is. */
function strict(tree: Tree, row: TreeRow): Value {
  const values: Exclude<Value, null>[] = []
  for (const arg of tree.args) {
    const value = evaluateTree(arg, row)
    if (value === null) return null
    values.push(value)
  }
  const [a, b] = values
  if (tree.op === "compare") return compare(tree.text, order(a!, b!))
  if (typeof a === "string") return onText(tree, a, values.map(String))
  if (tree.op === "textOfDate") return dayText(Number(a))
  if (tree.op === "extract") return extract(tree.text, Number(a))
  if (tree.op.startsWith("textOf")) return typeof a === "object" ? decimalText(a) : String(a)
  if (typeof a === "number") return onDouble(tree, a, Number(b))
  if (typeof a === "object") return onDecimal(tree, a, b === undefined ? a : toDecimal(b))
  if (typeof a !== "bigint") throw new Error(`no such operator: ${tree.op}`)
  return tree.type === "double"
    ? Number(a)
    : fitted(tree, onInteger(tree.op, a, typeof b === "bigint" ? b : 0n))
}

function compare(operator: string, sign: number): boolean {
  const outcomes = {
    "=": sign === 0,
    "<>": sign !== 0,
    "<": sign < 0,
    "<=": sign <= 0,
    ">": sign > 0,
    ">=": sign >= 0
  }
  return Object.entries(outcomes).find(([name]) => name === operator)![1]
}

function onInteger(op: string, a: bigint, b: bigint): bigint {
  if ((op === "/" || op === "%") && b === 0n) throw new Refused("division by zero")
  switch (op) {
    case "+":
      return a + b
    case "-":
      return a - b
    case "*":
      return a * b
    case "/":
      return a / b
    case "%":
      return a % b
    case "negate":
      return -a
    case "abs":
      return a < 0n ? -a : a
    default:
      return a
  }
}

function fitted(tree: Tree, value: bigint): bigint {
  const fits = tree.type === "int" ? BigInt.asIntN(32, value) === value : Number.isSafeInteger(Number(value))
  if (!fits) throw new Refused("overflow")
  return value
}

function onDouble(tree: Tree, a: number, b: number): Value {
  switch (tree.op) {
    case "+":
      return a + b
    case "-":
      return a - b
    case "*":
      return a * b
    case "/":
      return a / b
    case "negate":
      return -a
    case "abs":
      return Math.abs(a)
    case "floor":
      return Math.floor(a)
    case "ceil":
      return Math.ceil(a)
    case "round":
      return (Math.abs(a % 1) >= 0.5 ? Math.trunc(a) + Math.sign(a) : Math.trunc(a)) + 0
    default: {
      if (!Number.isFinite(a)) throw new Refused("overflow")
      return fitted(tree, BigInt(Math.trunc(a)))
    }
  }
}

function onDecimal(tree: Tree, a: Decimal, b: Decimal): Value {
  const [left, right, scale] = aligned(a, b)
  switch (tree.op) {
    case "+":
      return { unscaled: left + right, scale }
    case "-":
      return { unscaled: left - right, scale }
    case "*":
      return { unscaled: a.unscaled * b.unscaled, scale: a.scale + b.scale }
    case "negate":
      return { unscaled: -a.unscaled, scale: a.scale }
    case "abs":
      return { unscaled: a.unscaled < 0n ? -a.unscaled : a.unscaled, scale: a.scale }
    default: {
      const digits = Number(tree.text)
      if (digits >= a.scale) return a
      const unit = 10n ** BigInt(a.scale - digits)
      const magnitude = a.unscaled < 0n ? -a.unscaled : a.unscaled
      const units = magnitude / unit + ((magnitude % unit) * 2n >= unit ? 1n : 0n)
      return { unscaled: (a.unscaled < 0n ? -1n : 1n) * units * unit, scale: a.scale }
    }
  }
}

function onText(tree: Tree, a: string, [, b = "", c = ""]: readonly string[]): Value {
  const points = Array.from(a)
  switch (tree.op) {
    case "upper":
      return a.toUpperCase()
    case "lower":
      return a.toLowerCase()
    case "trim":
      return a.replace(/^ +/, "").replace(/ +$/, "")
    case "concat":
      return a + b + c
    case "replace":
      return b === "" ? a : a.replaceAll(b, () => c)
    case "substring": {
      const [start = 0, length = 0] = tree.text.split(",").map(Number)
      return points.filter((_, index) => index + 1 >= start && index + 1 < start + length).join("")
    }
    case "length":
      return BigInt(points.length)
    case "position":
      return BigInt(b.includes(a) ? Array.from(b.slice(0, b.indexOf(a))).length + 1 : 0)
    case "starts":
      return a.startsWith(b)
    default:
      return like(points, Array.from(tree.text))
  }
}

function like(text: readonly string[], pattern: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return text.length === 0
  if (first === "%")
    return Array.from({ length: text.length + 1 }, (_, at) => text.slice(at)).some((tail) => like(tail, rest))
  return text.length > 0 && (first === "_" || first === text[0]) && like(text.slice(1), rest)
}

function extract(unit: string, days: number): bigint {
  const date = new Date(days * 86_400_000)
  const year = date.getUTCFullYear()
  const since = (from: number) => Math.round((date.getTime() - from) / 86_400_000)
  const parts: { readonly [name: string]: number } = {
    YEAR: year,
    QUARTER: Math.ceil((date.getUTCMonth() + 1) / 3),
    MONTH: date.getUTCMonth() + 1,
    DAY: date.getUTCDate(),
    DOW: date.getUTCDay() + 1,
    DOY: since(Date.UTC(year, 0, 1)) + 1,
    WEEK: isoWeek(date)
  }
  return BigInt(parts[unit]!)
}

/** Counts back to the Monday of the week that has the year's 4 January. */
function isoWeek(date: Date): number {
  const monday = (day: Date) => day.getTime() - ((day.getUTCDay() + 6) % 7) * 86_400_000
  const thursday = new Date(monday(date) + 3 * 86_400_000)
  const first = monday(new Date(Date.UTC(thursday.getUTCFullYear(), 0, 4)))
  return Math.round((monday(date) - first) / (7 * 86_400_000)) + 1
}

export function decimalText({ unscaled, scale }: Decimal): string {
  if (scale === 0) return String(unscaled)
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0")
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}
