import { parseInterval } from "../interval-text.ts"
import type { IntervalLiteral, NumberLiteral, TemporalLiteral } from "../syntax/ast.ts"
import { parseDate, parseTime, parseTimestamp } from "../temporal-text.ts"
import { constant, type Checked } from "./check-context.ts"
import { bigintType, intType, type SqlType } from "./sql-type.ts"

/** A number's type is the smallest of INT, BIGINT and DECIMAL(p, 0) that holds it; with a point DECIMAL, with an E DOUBLE. */
export function checkNumber(node: NumberLiteral, sign: 1n | -1n = 1n): Checked {
  const { text, form } = node
  if (form === "double") return { node, core: constant({ kind: "double" }, Number(sign) * Number(text)) }
  const [whole = "", fraction = ""] = text.split(".")
  const unscaled = sign * BigInt(`0${whole}${fraction}`)
  if (form === "integer") return { node, core: integer(unscaled) }
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().length
  const type: SqlType = {
    kind: "decimal",
    precision: Math.max(digits, fraction.length, 1),
    scale: fraction.length
  }
  return { node, core: constant(type, unscaled) }
}

function integer(value: bigint) {
  const number = Number(value)
  if (BigInt.asIntN(32, value) === value) return constant(intType, number)
  if (Number.isSafeInteger(number)) return constant(bigintType, number)
  if (BigInt.asIntN(64, value) === value) return constant({ kind: "bigint", wide: true }, value)
  const precision = (value < 0n ? -value : value).toString().length
  return constant({ kind: "decimal", precision, scale: 0 }, value)
}

/** The text was checked when it was parsed. */
export function checkTemporal(node: TemporalLiteral): Checked {
  if (node.kind === "date") return { node, core: constant({ kind: "date" }, parseDate(node.text) ?? 0) }
  const parsed = node.kind === "time" ? parseTime(node.text) : parseTimestamp(node.text)
  const { micros, precision } = parsed ?? { micros: 0, precision: 3 }
  return { node, core: constant({ kind: node.kind, precision }, precision === 3 ? micros / 1000 : micros) }
}

/** The text was checked when it was parsed. */
export function checkInterval(node: IntervalLiteral): Checked {
  const length = parseInterval(node.text, node.from, node.to) ?? { months: 0 }
  if ("months" in length) {
    return { node, core: constant({ kind: "interval", unit: "month" }, length.months) }
  }
  const days = node.to === undefined && (node.from === "DAY" || node.from === "WEEK")
  return { node, core: constant({ kind: "interval", unit: days ? "day" : "time" }, length.millis) }
}
