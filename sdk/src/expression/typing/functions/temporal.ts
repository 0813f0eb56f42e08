import type { Expression, ExtractUnit } from "../../syntax/ast.ts"
import { call, nullOf, typeOf, type CheckContext, type Checked } from "../check-context.ts"
import { define, type FunctionDefinition } from "./definition.ts"
import { bigintType, formatSqlType } from "../sql-type.ts"

const parts: readonly (readonly [name: string, unit: ExtractUnit, what: string, gives: number])[] = [
  ["YEAR", "YEAR", "The year", 2020],
  ["QUARTER", "QUARTER", "The quarter of the year", 1],
  ["MONTH", "MONTH", "The month", 1],
  ["WEEK", "WEEK", "The ISO week of the year", 5],
  ["DAYOFMONTH", "DAY", "The day of the month", 31],
  ["DAYOFWEEK", "DOW", "The day of the week, from Sunday = 1", 6],
  ["DAYOFYEAR", "DOY", "The day of the year", 31],
  ["HOUR", "HOUR", "The hour", 12],
  ["MINUTE", "MINUTE", "The minute", 34],
  ["SECOND", "SECOND", "The second, without its fraction", 56]
]

/** YEAR(value) and its kind; EXTRACT gives the same and more. */
export const partFunctions: readonly FunctionDefinition[] = parts.map(([name, unit, what, gives]) => {
  const usage = `${name}(${isClockUnit(unit) ? "timestamp" : "date"})`
  const example = `${name}(TIMESTAMP '2020-01-31 12:34:56')`
  return define(
    { usage, about: `${what}: EXTRACT(${unit} FROM …).`, example, gives: String(gives) },
    1,
    1,
    (context, node, list) => list[0] && checkPart(context, node, list[0], unit)
  )
})

function isClockUnit(unit: ExtractUnit): boolean {
  return unit === "HOUR" || unit === "MINUTE" || unit === "SECOND"
}

/** YEAR(value) and EXTRACT(YEAR FROM value) alike. Whole numbers: seconds have no fraction. */
export function checkPart(
  context: CheckContext,
  node: Expression,
  value: Checked,
  unit: ExtractUnit
): Checked | undefined {
  const clock = isClockUnit(unit)
  const core = extractPart(value, unit, clock)
  if (core !== undefined) return { node, core }
  const type = typeOf(value)
  const wanted = clock ? "TIME or TIMESTAMP" : "DATE or TIMESTAMP"
  const hint = type.kind === "string" ? "CAST(… AS TIMESTAMP) makes one of the string" : undefined
  const message = `${unit} is a part of ${wanted}, here ${formatSqlType(type)}`
  return context.fail("EXPRESSION_TYPE", message, value.node.span, hint)
}

function extractPart(value: Checked, unit: ExtractUnit, clock: boolean) {
  const type = typeOf(value)
  if (type.kind === "null") return nullOf(bigintType)
  if (type.kind === "date") return clock ? undefined : call(`extract:${unit}`, bigintType, [value.core], [0])
  if (type.kind !== "timestamp" && (type.kind !== "time" || !clock)) return undefined
  return call(`extract:${unit}`, bigintType, [value.core], [type.precision])
}
