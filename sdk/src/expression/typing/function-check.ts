import type { Core } from "../core.ts"
import type { CallNode } from "../syntax/ast.ts"
import { call, nullOf, place, typeOf, type CheckContext, type Checked } from "./check-context.ts"
import { coerce } from "./coerce.ts"
import {
  doubleType,
  formatSqlType,
  intType,
  isInteger,
  isNumeric,
  stringType,
  type SqlType
} from "./sql-type.ts"

/** How one function is checked, its number of arguments before. */
export interface FunctionCheck {
  readonly least: number
  readonly most: number
  /** How it is written, for a hint. */
  readonly usage: string
  readonly check: (context: CheckContext, node: CallNode, list: readonly Checked[]) => Checked | undefined
}

type Argument = (context: CheckContext, name: string, checked: Checked) => Core | undefined

export const textArgument: Argument = (context, name, checked) => {
  const type = typeOf(checked)
  if (type.kind === "string") return checked.core
  if (type.kind === "null") return nullOf(stringType)
  const message = `${name} needs a STRING, here ${formatSqlType(type)}`
  return context.fail("EXPRESSION_TYPE", message, checked.node.span, "write CAST(… AS STRING)")
}

/** An INT or BIGINT, as a JavaScript number. */
export const integerArgument: Argument = (context, name, checked) => {
  const type = typeOf(checked)
  if (type.kind === "null") return nullOf(intType)
  if (!isInteger(type)) {
    const message = `${name} needs an INT, here ${formatSqlType(type)}`
    return context.fail("EXPRESSION_TYPE", message, checked.node.span, "write CAST(… AS INT)")
  }
  return type.kind === "bigint" && type.wide
    ? call("bigToNumber", { kind: "bigint", wide: false }, [checked.core])
    : checked.core
}

export const doubleArgument: Argument = (context, name, checked) => {
  const type = typeOf(checked)
  return (
    numberArgument(context, name, checked) &&
    (type.kind === "null" ? nullOf(doubleType) : coerce(checked.core, doubleType, place(checked.node)))
  )
}

/** Any number, as it is; NULL is an INT. */
export const numberArgument: Argument = (context, name, checked) => {
  const type = typeOf(checked)
  if (type.kind === "null") return nullOf(intType)
  if (isNumeric(type)) return checked.core
  const message = `${name} needs a number, here ${formatSqlType(type)}`
  return context.fail("EXPRESSION_TYPE", message, checked.node.span, "write CAST(… AS DOUBLE)")
}

/** A function of a fixed form: its operation is called with the arguments and the place. */
export function simple(
  usage: string,
  fn: string,
  result: SqlType,
  wanted: readonly Argument[],
  least: number = wanted.length
): FunctionCheck {
  const check: FunctionCheck["check"] = (context, node, list) => {
    const args = list.map((checked, index) => wanted[index]!(context, node.name, checked))
    const sound = args.filter((core) => core !== undefined)
    return sound.length < args.length ? undefined : { node, core: call(fn, result, sound, [place(node)]) }
  }
  return { least, most: wanted.length, usage, check }
}
