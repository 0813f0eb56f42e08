import type { AvroType } from "../../../avro/type.ts"
import type { CallCore, Core } from "../../core.ts"
import type { CallNode } from "../../syntax/ast.ts"
import { call, typeOf, type CheckContext, type Checked } from "../check-context.ts"
import { formOf } from "../coerce.ts"
import { fromAvro, nullableAvro, sameAvro } from "../sql-avro.ts"
import { formatSqlType, type SqlType } from "../sql-type.ts"
import { define, type Documented, type FunctionDefinition } from "./definition.ts"

/** An argument that is an ARRAY. */
export interface List {
  readonly checked: Checked
  readonly core: Core
  readonly type: SqlType
  readonly items: AvroType
  /** What an element is in SQL. */
  readonly element: SqlType
}

/** An argument as an ARRAY; reports what is none. */
export function listOf(
  context: CheckContext,
  node: CallNode,
  checked: Checked | undefined
): List | undefined {
  if (checked === undefined) return undefined
  const type = typeOf(checked)
  if (type.kind === "array") {
    const { items } = type
    return { checked, core: checked.core, type, items, element: fromAvro(items).type }
  }
  const hint = type.kind === "null" ? "an empty array has no type" : undefined
  const message = `${node.name} needs an ARRAY, here ${formatSqlType(type)}`
  return context.fail("EXPRESSION_TYPE", message, checked.node.span, hint)
}

/** The comparison of elements as an array holds them; reports those that have none. */
export function order(
  context: CheckContext,
  node: CallNode,
  list: List
): NonNullable<CallCore["prepared"]> | undefined {
  const form = formOf(list.element)
  if (list.element.kind === "decimal") return { fn: "compareDecimalText" }
  if (form === "floating") return { fn: "compareFloating" }
  if (form === "text") return { fn: "compareText" }
  if (form === "bytes") return { fn: "compareBytes" }
  if (form !== undefined) return { fn: "comparePlain" }
  const message = `${node.name} cannot compare elements of type ${formatSqlType(list.element)}`
  return context.fail("EXPRESSION_TYPE", message, list.checked.node.span)
}

export type CheckList = (
  context: CheckContext,
  node: CallNode,
  list: List,
  rest: readonly Checked[]
) => Checked | undefined

/** A function whose first argument is an ARRAY. */
export function ofList(
  documented: Documented,
  least: number,
  most: number,
  check: CheckList
): FunctionDefinition {
  return define(documented, least, most, (context, node, [first, ...rest]) => {
    const list = listOf(context, node, first)
    return list && check(context, node, list, rest)
  })
}

/** Of two or more arrays of one type; elements may be NULL where those of one may. */
export function together(fn: string, compared: boolean): FunctionDefinition["check"] {
  return (context, node, given) => {
    const lists = given.map((checked) => listOf(context, node, checked)).filter((list) => list !== undefined)
    const [first] = lists
    if (first === undefined || lists.length < given.length) return undefined
    const strange = lists.find((list) => !sameAvro(nullableAvro(list.items), nullableAvro(first.items)))
    if (strange !== undefined) {
      const message = `${node.name} needs arrays of one type`
      return context.fail("EXPRESSION_TYPE", message, strange.checked.node.span)
    }
    if (compared && order(context, node, first) === undefined) return undefined
    const open = lists.some(({ items }) => fromAvro(items).nullable)
    const items = open ? nullableAvro(first.items) : first.items
    return {
      node,
      core: call(
        fn,
        { kind: "array", items },
        lists.map(({ core }) => core)
      )
    }
  }
}
