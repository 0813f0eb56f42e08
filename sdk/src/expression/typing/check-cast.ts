import type { Core } from "../core.ts"
import type { CastNode, CastTarget } from "../syntax/ast.ts"
import { call, nullOf, place, typeOf, withAvro, type CheckContext, type Checked } from "./check-context.ts"
import { coerce, power } from "./coerce.ts"
import { bigintType, doubleType, formatSqlType, isNumeric, stringType, type SqlType } from "./sql-type.ts"

/** CAST and TRY_CAST, as README.md has it: what cannot be converted at all is a type error. */
export function checkCast(context: CheckContext, node: CastNode): Checked | undefined {
  const operand = context.check(node.operand)
  if (operand === undefined) return undefined
  const from = typeOf(operand)
  const to: SqlType = targetType(node.target, from)
  if (from.kind === "null") return { node, core: nullOf(to) }
  const core = convert(operand.core, to, { at: place(node), safe: node.safe })
  if (core === undefined) {
    const message = `${formatSqlType(from)} cannot be cast to ${formatSqlType(to)}`
    return context.fail("EXPRESSION_TYPE", message, node.span)
  }
  const unchanged = core === operand.core || sameType(from, to)
  return withAvro(node, core, unchanged ? operand.avro : undefined)
}

function targetType(target: CastTarget, from: SqlType): SqlType {
  return target.kind === "bigint" ? { kind: "bigint", wide: from.kind === "bigint" && from.wide } : target
}

function sameType(left: SqlType, right: SqlType): boolean {
  if (left.kind !== right.kind) return false
  if (left.kind === "decimal" && right.kind === "decimal") {
    return left.precision === right.precision && left.scale === right.scale
  }
  return !("precision" in left && "precision" in right) || left.precision === right.precision
}

/** How a cast fails: its place, and whether it answers NULL instead. */
export interface Failing {
  readonly at: string
  readonly safe: boolean
}

/** A conversion as CAST's; undefined when there is none. */
export function convert(core: Core, to: SqlType, failing: Failing): Core | undefined {
  const from = core.type
  if (sameType(from, to)) return core
  if (to.kind === "string") return toText(core)
  if (from.kind === "string") return fromText(core, to, failing)
  if (isNumeric(from) && isNumeric(to)) return toNumber(core, to, failing)
  if (from.kind === "boolean" && isNumeric(to)) {
    return toNumber(call("booleanToInt", { kind: "int" }, [core]), to, failing)
  }
  if (isNumeric(from) && to.kind === "boolean") return call("numberToBoolean", to, [core])
  return convertTemporal(core, to, failing)
}

/** A conversion that may fail: an error at run time, or NULL. */
function failingCall(
  fn: string,
  type: SqlType,
  core: Core,
  statics: readonly (number | bigint)[],
  { at, safe }: Failing
): Core {
  const made = call(fn, type, [core], [...statics, at, safe])
  return safe ? { ...made, nullable: true } : made
}

function toText(core: Core): Core | undefined {
  const from = core.type
  switch (from.kind) {
    case "boolean":
    case "float":
    case "double":
    case "date":
      return call(`${from.kind}ToText`, stringType, [core])
    case "int":
    case "bigint":
      return call("integerToText", stringType, [core])
    case "bytes":
      return call("utf8Text", stringType, [core])
    case "decimal":
      return call("decimalToText", stringType, [core], [from.scale])
    case "time":
    case "timestamp":
      return call(`${from.kind}ToText`, stringType, [core], [from.precision])
    default:
      return undefined
  }
}

function fromText(core: Core, to: SqlType, failing: Failing): Core | undefined {
  switch (to.kind) {
    case "boolean":
    case "float":
    case "double":
    case "int":
    case "date":
      return failingCall(`textTo:${to.kind}`, to, core, [], failing)
    case "bytes":
      return call("utf8Bytes", to, [core])
    case "bigint":
      return failingCall("textTo:long", to, core, [], failing)
    case "decimal":
      return failingCall("textTo:decimal", to, core, [to.scale, power(to.precision)], failing)
    case "time":
    case "timestamp":
      return failingCall(`textTo:${to.kind}`, to, core, [to.precision], failing)
    default:
      return undefined
  }
}

function toNumber(core: Core, to: SqlType, failing: Failing): Core | undefined {
  const from = core.type
  if (to.kind === "decimal") return toDecimal(core, to, failing)
  if (to.kind === "float" || to.kind === "double") {
    if (to.kind === "float" && (from.kind === "double" || from.kind === "decimal")) {
      return call("numberToFloat", to, [coerce(core, doubleType, failing.at)])
    }
    return coerce(core, to, failing.at)
  }
  const name = to.kind === "int" ? "Int" : "Long"
  if (from.kind === "int") return coerce(core, to, failing.at)
  if (from.kind === "decimal") return failingCall(`decimalTo${name}`, to, core, [power(from.scale)], failing)
  if (from.kind === "bigint" && from.wide) return failingCall(`decimalTo${name}`, to, core, [1n], failing)
  return failingCall(`numberTo${name}`, to, core, [], failing)
}

function toDecimal(core: Core, to: Extract<SqlType, { kind: "decimal" }>, failing: Failing): Core {
  const from = core.type
  const limit = power(to.precision)
  if (from.kind === "float" || from.kind === "double") {
    return failingCall(`${from.kind}ToDecimal`, to, core, [to.scale, limit], failing)
  }
  const narrow = from.kind === "int" || (from.kind === "bigint" && !from.wide)
  const big = narrow ? call("numberToBig", bigintType, [core]) : core
  const scale = from.kind === "decimal" ? from.scale : 0
  const factors = [power(Math.max(0, to.scale - scale)), power(Math.max(0, scale - to.scale))]
  return failingCall("decimalToDecimal", to, big, [...factors, limit], failing)
}

function convertTemporal(core: Core, to: SqlType, failing: Failing): Core | undefined {
  const from = core.type
  if (from.kind === "date" && to.kind === "timestamp") {
    return call("dateToTimestamp", to, [core], [to.precision, failing.at])
  }
  if (from.kind === "timestamp" && to.kind === "date") {
    return call("timestampToDate", to, [core], [from.precision])
  }
  if (from.kind === "timestamp" && to.kind === "time") {
    return call("timestampToTime", to, [core], [from.precision, to.precision])
  }
  if (from.kind !== to.kind || (to.kind !== "time" && to.kind !== "timestamp")) return undefined
  return to.precision === 6 ? coerce(core, to, failing.at) : call("microsToMillis", to, [core])
}
