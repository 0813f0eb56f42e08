import type { Core } from "../../core.ts"
import type { CallNode } from "../../syntax/ast.ts"
import { call, constant, place, typeOf, type CheckContext, type Checked } from "../check-context.ts"
import { arithmetic, numberForm } from "../check-operator.ts"
import { coerce, power } from "../coerce.ts"
import { roundResult, type Decimal } from "../numeric-type.ts"
import { doubleType, intType, isTemporal } from "../sql-type.ts"
import {
  argumentsOf,
  define,
  doubleArgument,
  integerArgument,
  numberArgument,
  strict,
  type Documented,
  type FunctionDefinition
} from "./definition.ts"
import { roundMoment } from "./moment.ts"

type CheckNumber = (
  context: CheckContext,
  node: CallNode,
  value: Checked,
  list: readonly Checked[]
) => Checked | undefined

/** A function whose first argument is a number of any type. */
function numeric(documented: Documented, most: number, check: CheckNumber): FunctionDefinition {
  return define(documented, 1, most, (context, node, list) => {
    const first = list[0]
    const core = first && numberArgument(context, node.name, first)
    return first && core && check(context, node, { ...first, core }, list)
  })
}

function checkAbs(_: CheckContext, node: CallNode, value: Checked): Checked {
  const type = typeOf(value)
  return { node, core: call(`abs:${numberForm(type)}`, type, [value.core], [place(node)]) }
}

/** FLOOR(number), and FLOOR(timestamp TO unit). */
function checkFloor(context: CheckContext, node: CallNode, list: readonly Checked[]): Checked | undefined {
  const [value, unit] = list
  if (value === undefined) return undefined
  if (unit?.node.kind === "keyword") return roundMoment(context, node, value, unit.node.word)
  if (unit !== undefined || isTemporal(typeOf(value))) {
    const hint = `write ${node.name}(number) or ${node.name}(timestamp TO HOUR)`
    return context.fail("EXPRESSION_ARGUMENTS", `${node.name} takes one number`, node.span, hint)
  }
  const core = numberArgument(context, node.name, value)
  return core && checkWhole(context, node, { ...value, core })
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
  const digits = second === undefined ? undefined : integerArgument(context, node.name, second)
  if (second !== undefined && digits === undefined) return undefined
  if (type.kind === "decimal") return roundDecimal(context, node, value, type, second)
  const args = digits === undefined ? [value.core] : [value.core, digits]
  if (node.name === "TRUNCATE") return truncated(node, value, digits)
  return { node, core: call(`round:${numberForm(type)}`, type, args, [place(node)]) }
}

function truncated(node: CallNode, value: Checked, digits: Core | undefined): Checked {
  const type = typeOf(value)
  const places = digits ?? constant(intType, 0)
  if (type.kind === "bigint" && type.wide)
    return { node, core: call("truncateBig", type, [value.core, places]) }
  if (type.kind === "int" || type.kind === "bigint") {
    return { node, core: call("truncateInteger", type, [value.core, places]) }
  }
  const core = call("truncateDouble", doubleType, [coerce(value.core, doubleType, place(node)), places])
  return { node, core: type.kind === "float" ? call("numberToFloat", type, [core]) : core }
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
    return context.fail(
      "EXPRESSION_TYPE",
      `the digits of ${node.name} on a DECIMAL must be constant`,
      span,
      hint
    )
  }
  if (digits >= type.scale) return { node, core: value.core }
  if (node.name === "TRUNCATE") return truncatedDecimal(node, value, type, Math.max(-40, digits))
  const result = roundResult(type, digits)
  const kept = Math.max(-40, digits)
  const statics = [power(type.scale - kept), power(Math.max(0, -kept)), power(result.precision), place(node)]
  return { node, core: call("round:decimal", result, [value.core], statics) }
}

/** No digit is gained, so what is left has the whole digits that were there. */
function truncatedDecimal(node: CallNode, value: Checked, type: Decimal, digits: number): Checked {
  const scale = Math.max(0, digits)
  const precision = Math.max(1, type.precision - type.scale + scale)
  const factors = [power(type.scale - digits), power(Math.max(0, -digits))]
  return { node, core: call("truncateDecimal", { kind: "decimal", precision, scale }, [value.core], factors) }
}

/** SIGN has the type of its operand, as Flink's. */
function checkSign(_: CheckContext, node: CallNode, value: Checked): Checked {
  const type = typeOf(value)
  if (type.kind === "decimal") {
    const precision = Math.max(type.precision, type.scale + 1)
    const result: Decimal = { kind: "decimal", precision: Math.min(38, precision), scale: type.scale }
    return { node, core: call("signOfBig", result, [value.core], [power(type.scale)]) }
  }
  const wide = type.kind === "bigint" && type.wide
  return { node, core: call(wide ? "signOfBig" : "signOf", type, [value.core], wide ? [1n] : []) }
}

function constantDigits(checked: Checked): number | undefined {
  const { core } = checked
  return core.op === "constant" && typeof core.value === "number" ? core.value : undefined
}

/** A function of a DOUBLE. */
function real(name: string, about: string, example: string, gives: string, fn: string): FunctionDefinition {
  return strict({
    usage: `${name}(number)`,
    about,
    example,
    gives,
    fn,
    takes: [doubleArgument],
    type: doubleType
  })
}

function fixed(name: string, about: string, value: number): FunctionDefinition {
  const documented = { usage: `${name}()`, about, example: `${name}()`, gives: String(value) }
  return define(documented, 0, 0, (_, node) => ({ node, core: constant(doubleType, value) }))
}

const rounding = (documented: Documented) => define(documented, 1, 2, checkFloor)

function checkMod(
  context: CheckContext,
  node: CallNode,
  [left, right]: readonly Checked[]
): Checked | undefined {
  const core = left && right && arithmetic(context, node, "%", left, right)
  return core && { node, core }
}

/** LOG(x) is the natural logarithm, LOG(base, x) that of a base. */
function checkLog(context: CheckContext, node: CallNode, list: readonly Checked[]): Checked | undefined {
  const args = argumentsOf(context, node, list, [doubleArgument, doubleArgument])
  return args && { node, core: call(args.length === 1 ? "ln" : "logBase", doubleType, args) }
}

/** Functions of numbers that keep their type. */
export const numberFunctions: readonly FunctionDefinition[] = [
  numeric(
    { usage: "ABS(number)", about: "Without its sign.", example: "ABS(-2.5)", gives: "2.5" },
    1,
    checkAbs
  ),
  numeric(
    { usage: "SIGN(number)", about: "-1, 0 or 1, in the number's type.", example: "SIGN(-7)", gives: "-1" },
    1,
    checkSign
  ),
  rounding({
    usage: "CEIL(number)",
    aliases: ["CEILING"],
    about:
      "The least whole number not below; of a DECIMAL a DECIMAL. CEIL(timestamp TO unit) is the next start of a unit.",
    example: "CEIL(2.1)",
    gives: "3"
  }),
  rounding({
    usage: "FLOOR(number)",
    about:
      "The greatest whole number not above. FLOOR(timestamp TO unit) is the start of the unit: YEAR, QUARTER, MONTH, WEEK (from Sunday), DAY, HOUR, MINUTE, SECOND.",
    example: "FLOOR(TIMESTAMP '2020-02-03 04:05:06' TO MONTH)",
    gives: "TIMESTAMP '2020-02-01 00:00:00.000'"
  }),
  numeric(
    {
      usage: "ROUND(number, digits)",
      about: "To so many fraction digits (0 when absent), half away from zero.",
      example: "ROUND(2.345, 2)",
      gives: "2.35"
    },
    2,
    checkRound
  ),
  numeric(
    {
      usage: "TRUNCATE(number, digits)",
      about: "Cut to so many fraction digits (0 when absent), toward zero.",
      example: "TRUNCATE(-42.329, 2)",
      gives: "-42.32"
    },
    2,
    checkRound
  ),
  define(
    {
      usage: "MOD(dividend, divisor)",
      about: "The remainder, with the dividend's sign; `%` does the same.",
      example: "MOD(-7, 3)",
      gives: "-1"
    },
    2,
    2,
    checkMod
  )
]

/** Functions of numbers that give a DOUBLE. What has no value is NaN or infinite, as IEEE 754 has it. */
export const mathFunctions: readonly FunctionDefinition[] = [
  strict({
    usage: "POWER(base, exponent)",
    about: "The base to the exponent.",
    example: "POWER(2, 10)",
    gives: "1024.0",
    fn: "power",
    takes: [doubleArgument, doubleArgument],
    type: doubleType
  }),
  real("SQRT", "The square root.", "SQRT(16)", "4.0", "sqrt"),
  real("EXP", "e to the number.", "EXP(0)", "1.0", "exp"),
  real("LN", "The natural logarithm.", "LN(1)", "0.0", "ln"),
  define(
    {
      usage: "LOG(base, number)",
      about: "The logarithm to a base; LOG(number) is the natural one.",
      example: "LOG(2, 8)",
      gives: "3.0"
    },
    1,
    2,
    checkLog
  ),
  real("LOG2", "The logarithm to base 2.", "LOG2(8)", "3.0", "log2"),
  real("LOG10", "The logarithm to base 10.", "LOG10(1000)", "3.0", "log10"),
  real("SIN", "The sine of radians.", "SIN(0)", "0.0", "sin"),
  real("COS", "The cosine of radians.", "COS(0)", "1.0", "cos"),
  real("TAN", "The tangent of radians.", "TAN(0)", "0.0", "tan"),
  real("COT", "The cotangent of radians.", "COT(1)", "0.6420926159343306", "cotangent"),
  real("ASIN", "The arc sine.", "ASIN(0)", "0.0", "asin"),
  real("ACOS", "The arc cosine.", "ACOS(1)", "0.0", "acos"),
  real("ATAN", "The arc tangent.", "ATAN(0)", "0.0", "atan"),
  strict({
    usage: "ATAN2(y, x)",
    about: "The angle of a point.",
    example: "ATAN2(0, 1)",
    gives: "0.0",
    fn: "atan2",
    takes: [doubleArgument, doubleArgument],
    type: doubleType
  }),
  real("SINH", "The hyperbolic sine.", "SINH(0)", "0.0", "sinh"),
  real("COSH", "The hyperbolic cosine.", "COSH(0)", "1.0", "cosh"),
  real("TANH", "The hyperbolic tangent.", "TANH(0)", "0.0", "tanh"),
  real("DEGREES", "Radians in degrees.", "DEGREES(PI())", "180.0", "degrees"),
  real("RADIANS", "Degrees in radians.", "RADIANS(180)", "3.141592653589793", "radians"),
  fixed("PI", "The circle's number.", Math.PI),
  fixed("E", "Euler's number.", Math.E)
]
