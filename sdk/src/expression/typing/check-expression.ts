import type { AvroType, RecordType } from "../../avro/type.ts"
import type { Core } from "../core.ts"
import { expressionError, type ExpressionError } from "../expression-error.ts"
import type { Expression } from "../syntax/ast.ts"
import { checkCast } from "./check-cast.ts"
import { checkBetween, checkCase, checkIn, checkLike } from "./check-condition.ts"
import { constant, nullOf, type CheckContext, type Checked } from "./check-context.ts"
import { checkIndex, checkMember, checkName } from "./check-field.ts"
import { checkCall, checkExtract, checkTrim } from "./check-call.ts"
import { checkArray, checkMap } from "./check-collection.ts"
import { checkJson } from "./check-json.ts"
import { checkInterval, checkNumber, checkTemporal } from "./check-literal.ts"
import {
  checkArithmetic,
  checkComparison,
  checkConcat,
  checkDistinct,
  checkIs,
  checkLogic,
  checkNegate,
  checkNot
} from "./check-operator.ts"
import { nullableAvro, toAvro } from "./sql-avro.ts"
import { booleanType, nullType, stringType, type SqlType } from "./sql-type.ts"

/** An expression that fits a row, and what it gives. */
export interface TypedExpression {
  readonly type: SqlType
  readonly nullable: boolean
  /** The Avro type of the result; a union with null where nullable. A field alone keeps the type that it has. */
  readonly avro: AvroType
  /** The top-level fields that it reads, in the order of the row. */
  readonly fields: readonly string[]
  readonly expression: Expression
  /** What `generateExpression` reads; nobody else needs it. */
  readonly core: Core
}

export type CheckResult = { readonly ok: TypedExpression } | { readonly errors: readonly ExpressionError[] }

/** The most mistakes that one check reports. */
const maxErrors = 20

/**
 * Checks an expression of `parseExpression` against the record that it will read. Never throws; reports every mistake that does
 * not follow from another, in the order of the text.
 */
export function checkExpression(expression: Expression, row: RecordType): CheckResult {
  const errors: ExpressionError[] = []
  const fields = new Set<string>()
  let slots = 0
  const context: CheckContext = {
    row,
    check: (node) => checkNode(context, node),
    checkAll: (nodes) => {
      const list = nodes.map((node) => checkNode(context, node))
      const sound = list.filter((checked) => checked !== undefined)
      return sound.length < list.length ? undefined : sound
    },
    fail: (code, message, span, hint) => {
      errors.push(expressionError(code, message, span, hint))
      return undefined
    },
    readsField: (name) => fields.add(name),
    newSlot: () => slots++
  }
  const checked = checkNode(context, expression)
  if (checked?.core.type.kind === "interval") {
    const hint = "add it to a date or timestamp; TIMESTAMPDIFF gives a number of units"
    context.fail("EXPRESSION_TYPE", "no field holds an INTERVAL", expression.span, hint)
  }
  if (checked === undefined || errors.length > 0) {
    return { errors: errors.sort((left, right) => left.start - right.start).slice(0, maxErrors) }
  }
  const read = row.fields.map(({ name }) => name).filter((name) => fields.has(name))
  return { ok: { ...resultOf(checked, row), fields: read, expression } }
}

function resultOf(
  checked: Checked,
  row: RecordType
): Pick<TypedExpression, "type" | "nullable" | "avro" | "core"> {
  const { core } = checked
  const { type, nullable } = core
  const field = core.op === "column" ? row.fields.find(({ name }) => name === core.name) : undefined
  if (field !== undefined) return { type, nullable, avro: field.type, core }
  const avro = checked.avro ?? toAvro(type)
  return { type, nullable, avro: nullable ? nullableAvro(avro) : avro, core }
}

function checkNode(context: CheckContext, node: Expression): Checked | undefined {
  switch (node.kind) {
    case "number":
      return checkNumber(node)
    case "string":
      return { node, core: constant(stringType, node.value) }
    case "boolean":
      return { node, core: constant(booleanType, node.value) }
    case "null":
      return { node, core: nullOf(nullType) }
    case "date":
    case "time":
    case "timestamp":
      return checkTemporal(node)
    case "interval":
      return checkInterval(node)
    case "keyword":
      return { node, core: constant(stringType, node.word) }
    case "name":
      return checkName(context, node)
    case "member":
      return checkMember(context, node)
    case "index":
      return checkIndex(context, node)
    case "cast":
      return checkCast(context, node)
    case "extract":
      return checkExtract(context, node)
    case "trim":
      return checkTrim(context, node)
    case "array":
      return checkArray(context, node)
    case "map":
      return checkMap(context, node)
    case "json":
      return checkJson(context, node)
    case "call":
      return checkCall(context, node)
    default:
      return checkOperation(context, node)
  }
}

type Operation = Extract<
  Expression,
  {
    kind:
      | "negate"
      | "arithmetic"
      | "concat"
      | "comparison"
      | "and"
      | "or"
      | "not"
      | "is"
      | "distinct"
      | "between"
      | "in"
      | "like"
      | "case"
  }
>

function checkOperation(context: CheckContext, node: Operation): Checked | undefined {
  switch (node.kind) {
    case "negate":
      return checkNegate(context, node)
    case "arithmetic":
      return checkArithmetic(context, node)
    case "concat":
      return checkConcat(context, node)
    case "comparison":
      return checkComparison(context, node)
    case "and":
    case "or":
      return checkLogic(context, node)
    case "not":
      return checkNot(context, node)
    case "is":
      return checkIs(context, node)
    case "distinct":
      return checkDistinct(context, node)
    case "between":
      return checkBetween(context, node)
    case "in":
      return checkIn(context, node)
    case "like":
      return checkLike(context, node)
    case "case":
      return checkCase(context, node)
  }
}
