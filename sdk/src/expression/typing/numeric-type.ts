import type { ArithmeticOperator } from "../syntax/ast.ts"
import { isExact, isInteger, isNumeric, type SqlType } from "./sql-type.ts"

export interface Decimal {
  readonly kind: "decimal"
  readonly precision: number
  readonly scale: number
}

const maxPrecision = 38

/** An exact type as a DECIMAL: INT has 10 digits, BIGINT 19. */
export function asDecimal(type: SqlType): Decimal {
  if (type.kind === "decimal") return type
  return { kind: "decimal", precision: type.kind === "int" ? 10 : 19, scale: 0 }
}

/**
 * The type to which two numbers widen: INT < BIGINT < DECIMAL < DOUBLE and INT, BIGINT < FLOAT < DOUBLE; DECIMAL with FLOAT is DOUBLE.
 * Undefined when one is no number.
 */
export function widerNumber(left: SqlType, right: SqlType): SqlType | undefined {
  if (!isNumeric(left) || !isNumeric(right)) return undefined
  if (isInteger(left) && isInteger(right)) return widerInteger(left, right)
  if (isExact(left) && isExact(right)) return widerDecimal(asDecimal(left), asDecimal(right))
  const kinds = [left.kind, right.kind]
  const double = kinds.includes("double") || kinds.includes("decimal")
  return { kind: double ? "double" : "float" }
}

function widerInteger(left: SqlType, right: SqlType): SqlType {
  if (left.kind === "int" && right.kind === "int") return left
  const wide = (type: SqlType) => type.kind === "bigint" && type.wide
  return { kind: "bigint", wide: wide(left) || wide(right) }
}

function widerDecimal(left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale)
  return adjust(Math.max(left.precision - left.scale, right.precision - right.scale) + scale, scale)
}

/** The result of an operator on decimals, by Flink SQL's rules (LogicalTypeMerging), which are those of Hive and SQL Server. */
export function decimalResult(operator: ArithmeticOperator, left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale)
  const [leftWhole, rightWhole] = [left.precision - left.scale, right.precision - right.scale]
  switch (operator) {
    case "+":
    case "-":
      return adjust(Math.max(leftWhole, rightWhole) + scale + 1, scale)
    case "*":
      return adjust(left.precision + right.precision + 1, left.scale + right.scale)
    case "/": {
      const quotientScale = Math.max(6, left.scale + right.precision + 1)
      return adjust(leftWhole + right.scale + quotientScale, quotientScale)
    }
    case "%":
      return adjust(Math.max(1, Math.min(leftWhole, rightWhole) + scale), scale)
  }
}

/** The result of ROUND to `digits` fraction digits. */
export function roundResult(type: Decimal, digits: number): Decimal {
  if (digits >= type.scale) return type
  const precision = Math.min(maxPrecision, 1 + type.precision - type.scale + Math.max(0, digits))
  return { kind: "decimal", precision, scale: Math.max(0, digits) }
}

/** Beyond 38 digits the scale gives way, but at most down to 6 (or to what it was). */
function adjust(precision: number, scale: number): Decimal {
  if (precision <= maxPrecision) return { kind: "decimal", precision, scale }
  const kept = Math.max(maxPrecision - (precision - scale), Math.min(scale, 6))
  return { kind: "decimal", precision: maxPrecision, scale: kept }
}
