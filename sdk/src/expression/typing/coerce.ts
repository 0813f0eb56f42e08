import type { CallCore, Core } from "../core.ts"
import { call, constant, nullOf } from "./check-context.ts"
import { asDecimal, widerNumber } from "./numeric-type.ts"
import { sameAvro, toAvro } from "./sql-avro.ts"
import type { SqlType } from "./sql-type.ts"

/**
 * The type to which two values are brought without a CAST: numbers widen, NULL is of any type, TIME and TIMESTAMP take the
 * finer precision. Undefined when they have none.
 */
export function commonType(left: SqlType, right: SqlType): SqlType | undefined {
  if (left.kind === "null") return right
  if (right.kind === "null") return left
  const number = widerNumber(left, right)
  if (number !== undefined) return number
  if (left.kind !== right.kind) return undefined
  if ((left.kind === "time" || left.kind === "timestamp") && "precision" in right) {
    return { kind: left.kind, precision: left.precision === 6 || right.precision === 6 ? 6 : 3 }
  }
  if (left.kind === "interval" && right.kind === "interval") {
    if (left.unit === right.unit) return left
    return left.unit === "month" || right.unit === "month" ? undefined : { kind: "interval", unit: "time" }
  }
  if (left.kind === "row" || left.kind === "array" || left.kind === "map" || left.kind === "raw") {
    return sameAvro(toAvro(left), toAvro(right)) ? left : undefined
  }
  return left
}

/** As {@link commonType}, but decimals keep all digits, for only their order is asked. */
export function comparisonType(left: SqlType, right: SqlType): SqlType | undefined {
  const type = commonType(left, right)
  if (type?.kind !== "decimal" || left.kind === "null" || right.kind === "null") return type
  return { kind: "decimal", precision: 38, scale: Math.max(asDecimal(left).scale, asDecimal(right).scale) }
}

/** Brings a value to a type that {@link commonType} named. `at` is the place for an overflow. */
export function coerce(core: Core, to: SqlType, at: string): Core {
  const from = core.type
  if (from.kind === "null" || (core.op === "constant" && core.value === null)) return nullOf(to)
  switch (to.kind) {
    case "bigint":
      if (!to.wide || (from.kind === "bigint" && from.wide)) return retype(core, to)
      return core.op === "constant" && typeof core.value === "number"
        ? constant(to, BigInt(core.value))
        : call("numberToBig", to, [core])
    case "decimal":
      return toDecimal(core, to, at)
    case "float":
    case "double":
      return toFloating(core, to)
    case "time":
    case "timestamp":
      if (!("precision" in from) || from.precision === to.precision) return retype(core, to)
      return call("millisToMicros", to, [core], [at])
    default:
      return core
  }
}

function retype(core: Core, type: SqlType): Core {
  return { ...core, type }
}

export function power(exponent: number): bigint {
  return 10n ** BigInt(exponent)
}

function toDecimal(core: Core, to: Extract<SqlType, { kind: "decimal" }>, at: string): Core {
  const from = core.type
  const scale = asDecimal(from).scale
  if (core.op === "constant" && typeof core.value !== "string" && scale <= to.scale) {
    return constant(to, BigInt(core.value ?? 0n) * power(to.scale - scale))
  }
  const narrow = from.kind === "int" || (from.kind === "bigint" && !from.wide)
  const big = narrow ? call("numberToBig", to, [core]) : core
  return scaled(big, scale, to, at)
}

/** Brings unscaled digits from one scale to another; rounds half up, checks the precision where it may not suffice. */
export function scaled(
  core: Core,
  scale: number,
  to: Extract<SqlType, { kind: "decimal" }>,
  at: string
): Core {
  if (to.scale === scale) return retype(core, to)
  if (to.scale > scale) return call("scaleUp", to, [core], [power(to.scale - scale)])
  return call("scaleDown", to, [core], [power(scale - to.scale), power(to.precision), at])
}

function toFloating(core: Core, to: SqlType): Core {
  const from = core.type
  if (from.kind === to.kind || from.kind === "float") return retype(core, to)
  if (core.op === "constant" && (typeof core.value === "number" || typeof core.value === "bigint")) {
    const scale = from.kind === "decimal" ? from.scale : 0
    const value = Number(`${core.value}e-${scale}`)
    return constant(to, to.kind === "float" ? Math.fround(value) : value)
  }
  if (from.kind === "decimal") return call("decimalToDouble", to, [core], [from.scale])
  const wide = from.kind === "bigint" && from.wide
  if (to.kind === "float") return call("numberToFloat", to, [core])
  return wide ? call("bigToNumber", to, [core]) : retype(core, to)
}

/** Names the form that a type's values have inside the code: which comparison and which order they need. */
export function formOf(
  type: SqlType
): "number" | "floating" | "big" | "text" | "boolean" | "bytes" | undefined {
  switch (type.kind) {
    case "int":
    case "date":
    case "time":
    case "timestamp":
    case "interval":
    case "null":
      return "number"
    case "bigint":
      return type.wide ? "big" : "number"
    case "decimal":
      return "big"
    case "float":
    case "double":
      return "floating"
    case "string":
      return "text"
    case "boolean":
    case "bytes":
      return type.kind
    default:
      return undefined
  }
}

const comparisonNames = {
  "=": "equal",
  "<>": "unequal",
  "<": "less",
  "<=": "atMost",
  ">": "more",
  ">=": "atLeast"
} as const

/** A comparison of two values of one type. */
export function compare(operator: keyof typeof comparisonNames, left: Core, right: Core): CallCore {
  return call(`${comparisonNames[operator]}:${formOf(left.type) ?? "number"}`, { kind: "boolean" }, [
    left,
    right
  ])
}
