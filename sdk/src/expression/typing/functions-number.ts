import type { CallNode } from "../syntax/ast.ts"
import { call, place, typeOf, type CheckContext, type Checked } from "./check-context.ts"
import { arithmetic, numberForm } from "./check-operator.ts"
import { power } from "./coerce.ts"
import {
  doubleArgument,
  integerArgument,
  numberArgument,
  simple,
  type FunctionCheck
} from "./function-check.ts"
import { roundResult, type Decimal } from "./numeric-type.ts"
import { doubleType } from "./sql-type.ts"

function numeric(
  name: string,
  check: (
    context: CheckContext,
    node: CallNode,
    value: Checked,
    list: readonly Checked[]
  ) => Checked | undefined,
  most = 1,
  usage = `${name}(number)`
): readonly [string, FunctionCheck] {
  const guarded: FunctionCheck["check"] = (context, node, list) => {
    const first = list[0]
    const core = first && numberArgument(context, node.name, first)
    return first && core && check(context, node, { ...first, core }, list)
  }
  return [name, { least: 1, most, usage, check: guarded }]
}

function checkAbs(_: CheckContext, node: CallNode, value: Checked): Checked {
  const type = typeOf(value)
  return { node, core: call(`abs:${numberForm(type)}`, type, [value.core], [place(node)]) }
}

/** CEIL and FLOOR: of a DECIMAL(p, s) a DECIMAL(p, 0), else the same type. */
function checkWhole(_: CheckContext, node: CallNode, value: Checked): Checked {
  const type = typeOf(value)
  const fn = node.name === "FLOOR" ? "floor" : "ceil"
  if (type.kind === "int" || type.kind === "bigint") return { node, core: value.core }
  if (type.kind !== "decimal") return { node, core: call(`${fn}:floating`, type, [value.core]) }
  const result: Decimal = { kind: "decimal", precision: type.precision, scale: 0 }
  return { node, core: call(`${fn}:decimal`, result, [value.core], [power(type.scale)]) }
}

function checkRound(
  context: CheckContext,
  node: CallNode,
  value: Checked,
  list: readonly Checked[]
): Checked | undefined {
  const type = typeOf(value)
  const second = list[1]
  const digits = second === undefined ? undefined : integerArgument(context, "ROUND", second)
  if (second !== undefined && digits === undefined) return undefined
  if (type.kind === "decimal") return roundDecimal(context, node, value, type, second)
  const args = digits === undefined ? [value.core] : [value.core, digits]
  return { node, core: call(`round:${numberForm(type)}`, type, args, [place(node)]) }
}

/** The digits must be known, for the type depends on them. */
function roundDecimal(
  context: CheckContext,
  node: CallNode,
  value: Checked,
  type: Decimal,
  second: Checked | undefined
): Checked | undefined {
  const digits = second === undefined ? 0 : constantDigits(second)
  if (digits === undefined) {
    const hint = "write the digits as a number, or CAST the value to DOUBLE"
    const span = second?.node.span ?? node.span
    return context.fail("EXPRESSION_TYPE", "the digits of ROUND on a DECIMAL must be constant", span, hint)
  }
  if (digits >= type.scale) return { node, core: value.core }
  const result = roundResult(type, digits)
  const kept = Math.max(-40, digits)
  const statics = [power(type.scale - kept), power(Math.max(0, -kept)), power(result.precision), place(node)]
  return { node, core: call("round:decimal", result, [value.core], statics) }
}

function constantDigits(checked: Checked): number | undefined {
  const { core } = checked
  return core.op === "constant" && typeof core.value === "number" ? core.value : undefined
}

export const numberFunctions: readonly (readonly [string, FunctionCheck])[] = [
  numeric("ABS", checkAbs),
  numeric("CEIL", checkWhole),
  numeric("CEILING", checkWhole),
  numeric("FLOOR", checkWhole),
  numeric("ROUND", checkRound, 2, "ROUND(number, digits)"),
  [
    "MOD",
    {
      least: 2,
      most: 2,
      usage: "MOD(dividend, divisor)",
      check: (context, node, list) => {
        const [left, right] = list
        const core = left && right && arithmetic(context, node, "%", left, right)
        return core && { node, core }
      }
    }
  ],
  ["POWER", simple("POWER(base, exponent)", "power", doubleType, [doubleArgument, doubleArgument])],
  ["SQRT", simple("SQRT(number)", "sqrt", doubleType, [doubleArgument])]
]
