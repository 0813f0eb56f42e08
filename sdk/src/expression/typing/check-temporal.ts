import type { Core } from "../core.ts"
import type { ArithmeticOperator, Expression } from "../syntax/ast.ts"
import { call, nullOf, place, typeOf, type CheckContext, type Checked } from "./check-context.ts"
import { coerce, commonType } from "./coerce.ts"
import { bigintType, formatSqlType, isInteger, isTemporal, timestampType, type SqlType } from "./sql-type.ts"

type Interval = Extract<SqlType, { kind: "interval" }>

/** Arithmetic in which a date, a time or an interval takes part; reports what has no meaning. */
export function temporalArithmetic(
  context: CheckContext,
  node: Expression,
  operator: ArithmeticOperator,
  left: Checked,
  right: Checked
): Core | undefined {
  const [from, to] = [typeOf(left), typeOf(right)]
  const at = place(node)
  const core =
    operator === "+" && from.kind === "interval" && isTemporal(to)
      ? moved(right.core, left.core, at)
      : (operator === "+" || operator === "-") && isTemporal(from)
        ? moved(left.core, operator === "+" ? right.core : negated(right.core, at), at)
        : ofIntervals(operator, left.core, right.core, at)
  return core ?? refuse(context, node, operator, from, to)
}

function negated(core: Core, at: string): Core {
  return core.type.kind === "interval" ? call("negate:long", core.type, [core], [at]) : core
}

/** A date or time an interval later; a DATE becomes a TIMESTAMP where the interval has hours. */
export function moved(moment: Core, by: Core, at: string): Core | undefined {
  const { type } = moment
  if (by.type.kind === "null") return nullOf(type)
  if (by.type.kind !== "interval") return undefined
  if (type.kind === "time") {
    return by.type.unit === "month" ? undefined : call("addToTime", type, [moment, by], [type.precision])
  }
  if (type.kind === "date" && by.type.unit === "time") {
    return moved(call("dateToTimestamp", timestampType, [moment], [3, at]), by, at)
  }
  const precision = type.kind === "timestamp" ? type.precision : 0
  return call(by.type.unit === "month" ? "addMonths" : "addMillis", type, [moment, by], [precision, at])
}

function ofIntervals(operator: ArithmeticOperator, left: Core, right: Core, at: string): Core | undefined {
  const [one, other] = [left.type, right.type]
  if (operator === "+" || operator === "-") {
    const type = one.kind === "interval" || other.kind === "interval" ? commonType(one, other) : undefined
    if (type === undefined) return undefined
    const name = operator === "+" ? "add:long" : "subtract:long"
    return call(name, type, [coerce(left, type, at), coerce(right, type, at)], [at])
  }
  if (operator === "*" && one.kind === "interval") return scaled(operator, one, left, right, at)
  if (operator === "*" && other.kind === "interval") return scaled(operator, other, right, left, at)
  return operator === "/" && one.kind === "interval" ? scaled(operator, one, left, right, at) : undefined
}

/** An interval times, or divided by, a whole number. */
function scaled(operator: "*" | "/", type: Interval, interval: Core, by: Core, at: string): Core | undefined {
  if (by.type.kind === "null") return nullOf(type)
  if (!isInteger(by.type)) return undefined
  const wide = by.type.kind === "bigint" && by.type.wide
  const factor = wide ? call("bigToNumber", bigintType, [by]) : by
  const result: Interval = operator === "/" && type.unit === "day" ? { kind: "interval", unit: "time" } : type
  return call(operator === "*" ? "multiply:long" : "divide:long", result, [interval, factor], [at])
}

function refuse(
  context: CheckContext,
  node: Expression,
  operator: ArithmeticOperator,
  left: SqlType,
  right: SqlType
): undefined {
  const hint =
    operator === "-" && isTemporal(left) && isTemporal(right)
      ? "TIMESTAMPDIFF(DAY, from, to) gives the time between two dates"
      : isTemporal(left) || isTemporal(right)
        ? "write + INTERVAL '1' DAY to move a date or time"
        : "an interval is added to another of its kind, or multiplied by an INT"
  const message = `${operator} has no meaning for ${formatSqlType(left)} and ${formatSqlType(right)}`
  return context.fail("EXPRESSION_TYPE", message, node.span, hint)
}
