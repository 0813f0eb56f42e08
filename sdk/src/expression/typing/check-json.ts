import type { CallCore, Core } from "../core.ts"
import { parseJsonPath } from "../pattern/json-path.ts"
import type { JsonBehavior, JsonNode } from "../syntax/ast.ts"
import {
  bind,
  call,
  constant,
  nullOf,
  place,
  typeOf,
  type CheckContext,
  type Checked
} from "./check-context.ts"
import { convert } from "./check-cast.ts"
import {
  bigintType,
  booleanType,
  doubleType,
  formatSqlType,
  intType,
  stringType,
  type SqlType
} from "./sql-type.ts"
import { coerce } from "./coerce.ts"

/** JSON_VALUE, JSON_QUERY and JSON_EXISTS: the path is parsed here. NULL of a NULL. */
export function checkJson(context: CheckContext, node: JsonNode): Checked | undefined {
  const operand = context.check(node.operand)
  if (operand === undefined) return undefined
  const { kind } = typeOf(operand)
  if (kind !== "string" && kind !== "null") {
    const message = `${node.name} reads a STRING, here ${formatSqlType(typeOf(operand))}`
    return context.fail("EXPRESSION_TYPE", message, operand.node.span)
  }
  const path = parseJsonPath(node.path.value)
  if ("problem" in path) return context.fail("EXPRESSION_PATTERN", path.problem, node.path.span)
  const prepared = { fn: "jsonPath", json: JSON.stringify(path.ok) }
  const text = coerce(operand.core, stringType, place(node))
  if (node.name === "JSON_VALUE") return checkValue(context, node, text, prepared)
  const statics =
    node.name === "JSON_EXISTS"
      ? [node.onError?.kind ?? "FALSE", place(node)]
      : [node.wrapper ?? "WITHOUT", node.onEmpty?.kind ?? "NULL", node.onError?.kind ?? "NULL", place(node)]
  const [fn, type] =
    node.name === "JSON_EXISTS"
      ? (["jsonExists", booleanType] as const)
      : (["jsonQuery", stringType] as const)
  const nullable = text.nullable || node.name === "JSON_QUERY" || node.onError?.kind === "UNKNOWN"
  return { node, core: { ...call(fn, type, [text], statics), nullable, prepared } }
}

const returned: { readonly [kind: string]: SqlType } = {
  string: stringType,
  boolean: booleanType,
  int: intType,
  bigint: bigintType,
  double: doubleType
}

function checkValue(
  context: CheckContext,
  node: JsonNode,
  text: Core,
  prepared: CallCore["prepared"]
): Checked | undefined {
  const type = returned[node.returning?.kind ?? "string"] ?? stringType
  const onEmpty = instead(context, node, node.onEmpty, type)
  const onError = instead(context, node, node.onError, type)
  if (onEmpty === undefined || onError === undefined) return undefined
  const statics = [type.kind, node.onEmpty?.kind ?? "NULL", node.onError?.kind ?? "NULL", place(node)]
  const found: CallCore = {
    ...call("jsonScalar", type, [text], statics),
    nullable: true,
    ...(prepared && { prepared })
  }
  if (node.onEmpty?.kind !== "DEFAULT" && node.onError?.kind !== "DEFAULT") return { node, core: found }
  const core = bind(context, found, (value): Core => {
    const empty = {
      ...call("jsonWas", booleanType, [value], ["EMPTY"]),
      nullable: false,
      lenient: true
    } as const
    const error = {
      ...call("jsonWas", booleanType, [value], ["ERROR"]),
      nullable: false,
      lenient: true
    } as const
    const branches = [
      { when: empty, result: onEmpty },
      { when: error, result: onError }
    ]
    return { op: "choose", branches, otherwise: value, type, nullable: true }
  })
  return { node, core }
}

/** What stands for nothing, or for a mistake, brought to the type that is returned. */
function instead(
  context: CheckContext,
  node: JsonNode,
  behavior: JsonBehavior | undefined,
  type: SqlType
): Core | undefined {
  if (behavior?.kind !== "DEFAULT") return nullOf(type)
  const checked = context.check(behavior.value)
  if (checked === undefined) return undefined
  if (typeOf(checked).kind === "null") return constant(type, null)
  const core = convert(checked.core, type, { at: place(node), safe: false })
  if (core !== undefined) return core
  const message = `the default is ${formatSqlType(typeOf(checked))}, ${formatSqlType(type)} is returned`
  return context.fail("EXPRESSION_TYPE", message, behavior.value.span)
}
