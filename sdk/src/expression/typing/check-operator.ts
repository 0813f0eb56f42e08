import type { Core } from "../core.ts"
import {
  jsonTests,
  type ArithmeticNode,
  type ArithmeticOperator,
  type ComparisonNode,
  type ComparisonOperator,
  type ConcatNode,
  type DistinctNode,
  type Expression,
  type IsNode,
  type LogicNode,
  type NegateNode,
  type NotNode
} from "../syntax/ast.ts"
import { call, logic, not, nullOf, place, typeOf, type CheckContext, type Checked } from "./check-context.ts"
import { checkNumber } from "./check-literal.ts"
import { coerce, compare, comparisonType, formOf, power, scaled } from "./coerce.ts"
import { asDecimal, decimalResult, widerNumber } from "./numeric-type.ts"
import { temporalArithmetic } from "./check-temporal.ts"
import { booleanType, formatSqlType, isNumeric, isTemporal, stringType, type SqlType } from "./sql-type.ts"

const operations = { "+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "remainder" } as const

export function checkArithmetic(context: CheckContext, node: ArithmeticNode): Checked | undefined {
  const both = context.checkAll([node.left, node.right])
  const [left, right] = both ?? []
  if (left === undefined || right === undefined) return undefined
  const core = arithmetic(context, node, node.operator, left, right)
  return core && { node, core }
}

/** Also MOD's. */
export function arithmetic(
  context: CheckContext,
  node: Expression,
  operator: ArithmeticOperator,
  left: Checked,
  right: Checked
): Core | undefined {
  if ([left, right].some((side) => isTemporal(typeOf(side)) || typeOf(side).kind === "interval")) {
    return temporalArithmetic(context, node, operator, left, right)
  }
  const type = arithmeticType(typeOf(left), typeOf(right))
  if (type === undefined) return refuseArithmetic(context, node, operator, left, right)
  if (type.kind === "null") return nullOf({ kind: "int" })
  const at = place(node)
  const [one, other] = [left.core, right.core]
  if (type.kind === "decimal") return decimalArithmetic(operator, one, other, at)
  const form = type.kind === "bigint" ? (type.wide ? "big" : "long") : type.kind
  const args = [coerce(one, type, at), coerce(other, type, at)]
  return call(
    `${operations[operator]}:${form}`,
    type,
    args,
    form === "float" || form === "double" ? [] : [at]
  )
}

function arithmeticType(left: SqlType, right: SqlType): SqlType | undefined {
  if (left.kind === "null") return right.kind === "null" || isNumeric(right) ? right : undefined
  if (right.kind === "null") return isNumeric(left) ? left : undefined
  return widerNumber(left, right)
}

function decimalArithmetic(operator: ArithmeticOperator, left: Core, right: Core, at: string): Core {
  const types = [left, right].map((core) =>
    asDecimal(core.type.kind === "null" ? { kind: "int" } : core.type)
  )
  const [one, other] = [types[0]!, types[1]!]
  const result = decimalResult(operator, one, other)
  if (operator === "*") {
    const args = [coerce(left, one, at), coerce(right, other, at)]
    const type = { ...result, scale: one.scale + other.scale }
    return fitted(scaled(call("multiply:decimal", type, args), type.scale, result, at), result, at)
  }
  if (operator === "/") {
    const args = [coerce(left, one, at), coerce(right, other, at)]
    const shift = result.scale + other.scale - one.scale
    const factors = [power(Math.max(0, shift)), power(Math.max(0, -shift))]
    return fitted(call("divide:decimal", result, args, [...factors, at]), result, at)
  }
  const aligned: SqlType = { kind: "decimal", precision: 38, scale: Math.max(one.scale, other.scale) }
  const args = [coerce(left, aligned, at), coerce(right, aligned, at)]
  const statics = operator === "%" ? [at] : []
  const exact = call(`${operations[operator]}:decimal`, aligned, args, statics)
  return fitted(scaled(exact, aligned.scale, result, at), result, at)
}

/** Only at 38 digits can a result have more than its type says. */
function fitted(core: Core, type: Extract<SqlType, { kind: "decimal" }>, at: string): Core {
  return type.precision < 38 ? core : call("fitDecimal", type, [core], [power(38), at])
}

function refuseArithmetic(
  context: CheckContext,
  node: Expression,
  operator: ArithmeticOperator,
  left: Checked,
  right: Checked
): undefined {
  const culprit = isNumeric(typeOf(left)) ? right : left
  const text = typeOf(culprit).kind === "string"
  const hint =
    text && operator === "+"
      ? "strings are joined with ||; CAST(… AS DOUBLE) makes a number"
      : text
        ? "CAST(… AS DOUBLE) makes a number of a string"
        : undefined
  const message = `${operator} needs numbers, here ${formatSqlType(typeOf(left))} and ${formatSqlType(typeOf(right))}`
  return context.fail("EXPRESSION_TYPE", message, node.span, hint)
}

export function checkNegate(context: CheckContext, node: NegateNode): Checked | undefined {
  if (node.operand.kind === "number") return { ...checkNumber(node.operand, -1n), node }
  const operand = context.check(node.operand)
  if (operand === undefined) return undefined
  const type = typeOf(operand)
  if (type.kind === "null") return { node, core: nullOf({ kind: "int" }) }
  if (type.kind === "interval") {
    return { node, core: call("negate:long", type, [operand.core], [place(node)]) }
  }
  if (!isNumeric(type)) {
    return context.fail("EXPRESSION_TYPE", `- needs a number, here ${formatSqlType(type)}`, node.span)
  }
  return { node, core: call(`negate:${numberForm(type)}`, type, [operand.core], [place(node)]) }
}

/** Names the form of a number in operations of one operand. */
export function numberForm(type: SqlType): string {
  return type.kind === "bigint" ? (type.wide ? "big" : "long") : type.kind
}

export function checkComparison(context: CheckContext, node: ComparisonNode): Checked | undefined {
  const both = context.checkAll([node.left, node.right])
  const [left, right] = both ?? []
  if (left === undefined || right === undefined) return undefined
  const core = comparison(context, node, node.operator, left, right)
  return core && { node, core }
}

/** A comparison of two checked values; reports when they have no common type or no order. */
export function comparison(
  context: CheckContext,
  node: Expression,
  operator: ComparisonOperator,
  left: Checked,
  right: Checked
): Core | undefined {
  const pair = alignPair(context, node, left, right)
  return pair && compare(operator, pair[0], pair[1])
}

function alignPair(
  context: CheckContext,
  node: Expression,
  left: Checked,
  right: Checked
): readonly [Core, Core] | undefined {
  const type = comparisonType(typeOf(left), typeOf(right))
  if (type === undefined) {
    const message = `cannot compare ${formatSqlType(typeOf(left))} with ${formatSqlType(typeOf(right))}`
    return context.fail("EXPRESSION_TYPE", message, node.span, comparisonHint(left, right))
  }
  if (formOf(type) === undefined) {
    const message = `values of type ${formatSqlType(type)} cannot be compared`
    return context.fail("EXPRESSION_TYPE", message, node.span)
  }
  const at = place(node)
  return [coerce(left.core, type, at), coerce(right.core, type, at)]
}

function comparisonHint(left: Checked, right: Checked): string | undefined {
  if ([left, right].some((side) => formOf(typeOf(side)) === undefined)) return undefined
  const text = [left, right].find(({ core }) => core.type.kind === "string")
  const other = text === left ? right : left
  const name = formatSqlType(typeOf(other))
  if (text === undefined) return "bring both to one type with CAST"
  const temporal = ["date", "time", "timestamp"].includes(typeOf(other).kind)
  if (text.node.kind === "string" && temporal)
    return `write ${typeOf(other).kind.toUpperCase()} before the string`
  if (text.node.kind === "string" && isNumeric(typeOf(other))) return "write the number without quotes"
  return `CAST(… AS ${name}) makes one of the string`
}

export function checkDistinct(context: CheckContext, node: DistinctNode): Checked | undefined {
  const both = context.checkAll([node.left, node.right])
  const [left, right] = both ?? []
  if (left === undefined || right === undefined) return undefined
  const pair = alignPair(context, node, left, right)
  if (pair === undefined) return undefined
  const { negated } = node
  return {
    node,
    core: { op: "distinct", left: pair[0], right: pair[1], negated, type: booleanType, nullable: false }
  }
}

/** A condition's value; a NULL literal is UNKNOWN. Reports what is no BOOLEAN. */
export function checkTruth(context: CheckContext, node: Expression, where: string): Core | undefined {
  const checked = context.check(node)
  if (checked === undefined) return undefined
  const type = typeOf(checked)
  if (type.kind === "boolean") return checked.core
  if (type.kind === "null") return nullOf(booleanType)
  const hint = isNumeric(type) ? "compare it, for example with <> 0" : undefined
  const message = `${where} needs a BOOLEAN, here ${formatSqlType(type)}`
  return context.fail("EXPRESSION_TYPE", message, node.span, hint)
}

export function checkLogic(context: CheckContext, node: LogicNode): Checked | undefined {
  const args = node.operands.map((operand) => checkTruth(context, operand, node.kind.toUpperCase()))
  const sound = args.filter((core) => core !== undefined)
  return sound.length < args.length ? undefined : { node, core: logic(node.kind, sound) }
}

export function checkNot(context: CheckContext, node: NotNode): Checked | undefined {
  const core = checkTruth(context, node.operand, "NOT")
  return core && { node, core: not(core) }
}

export function checkIs(context: CheckContext, node: IsNode): Checked | undefined {
  const { test, negated } = node
  if (jsonTests.some((name) => name === test)) return checkIsJson(context, node)
  const of =
    test === "NULL" ? context.check(node.operand)?.core : checkTruth(context, node.operand, `IS ${test}`)
  const is = test === "TRUE" ? true : test === "FALSE" ? false : null
  return of && { node, core: { op: "test", of, is, negated, type: booleanType, nullable: false } }
}

/** FALSE for NULL, and for what is no JSON. */
function checkIsJson(
  context: CheckContext,
  { operand, test, negated, ...rest }: IsNode
): Checked | undefined {
  const node: IsNode = { operand, test, negated, ...rest }
  const checked = context.check(operand)
  if (checked === undefined) return undefined
  const { type } = checked.core
  if (type.kind !== "string" && type.kind !== "null") {
    const message = `IS ${test} needs a STRING, here ${formatSqlType(type)}`
    return context.fail("EXPRESSION_TYPE", message, operand.span)
  }
  const core: Core = {
    ...call("jsonIs", booleanType, [coerce(checked.core, stringType, place(node))], [test]),
    nullable: false,
    lenient: true
  }
  return { node, core: negated ? not(core) : core }
}

export function checkConcat(context: CheckContext, node: ConcatNode): Checked | undefined {
  const operands = context.checkAll(node.operands)
  const core = operands && concat(context, node, operands, "||")
  return core && { node, core }
}

/** Joins strings; NULL when one is. Also CONCAT's. */
export function concat(
  context: CheckContext,
  node: Expression,
  operands: readonly Checked[],
  what: string
): Core | undefined {
  for (const { core, node: operand } of operands) {
    if (core.type.kind !== "string" && core.type.kind !== "null") {
      const message = `${what} joins strings, here ${formatSqlType(core.type)}`
      return context.fail("EXPRESSION_TYPE", message, operand.span, "write CAST(… AS STRING)")
    }
  }
  const args = operands.map(({ core }) => coerce(core, stringType, place(node)))
  return call("concat", stringType, args, [place(node)])
}
