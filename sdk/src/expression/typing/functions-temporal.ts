import type { CallNode, Expression, ExtractUnit } from "../syntax/ast.ts"
import { call, nullOf, typeOf, type CheckContext, type Checked } from "./check-context.ts"
import type { FunctionCheck } from "./function-check.ts"
import { bigintType, formatSqlType, intType } from "./sql-type.ts"

const units: readonly (readonly [name: string, unit: ExtractUnit])[] = [
  ["YEAR", "YEAR"],
  ["QUARTER", "QUARTER"],
  ["MONTH", "MONTH"],
  ["WEEK", "WEEK"],
  ["DAYOFMONTH", "DAY"],
  ["DAYOFWEEK", "DOW"],
  ["DAYOFYEAR", "DOY"],
  ["HOUR", "HOUR"],
  ["MINUTE", "MINUTE"],
  ["SECOND", "SECOND"]
]

function part(name: string, unit: ExtractUnit): readonly [string, FunctionCheck] {
  const clock = isClockUnit(unit)
  const check: FunctionCheck["check"] = (context, node, list) =>
    list[0] && checkPart(context, node, list[0], unit)
  return [name, { least: 1, most: 1, usage: `${name}(${clock ? "timestamp" : "date"})`, check }]
}

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

function checkCardinality(
  context: CheckContext,
  node: CallNode,
  list: readonly Checked[]
): Checked | undefined {
  const [value] = list
  if (value === undefined) return undefined
  const { kind } = typeOf(value)
  if (kind === "null") return { node, core: nullOf(intType) }
  if (kind === "array" || kind === "map") return { node, core: call(`size:${kind}`, intType, [value.core]) }
  const message = `CARDINALITY needs an ARRAY or MAP, here ${formatSqlType(typeOf(value))}`
  return context.fail(
    "EXPRESSION_TYPE",
    message,
    value.node.span,
    kind === "string" ? "use LENGTH" : undefined
  )
}

export const temporalFunctions: readonly (readonly [string, FunctionCheck])[] = [
  ...units.map(([name, unit]) => part(name, unit)),
  ["CARDINALITY", { least: 1, most: 1, usage: "CARDINALITY(array)", check: checkCardinality }]
]
