import type { Core } from "../../core.ts"
import type { CallNode } from "../../syntax/ast.ts"
import { call, constant, nullOf, place, typeOf, type CheckContext, type Checked } from "../check-context.ts"
import { coerce } from "../coerce.ts"
import {
  bytesType,
  doubleType,
  formatSqlType,
  intType,
  isInteger,
  isNumeric,
  stringType,
  type SqlType
} from "../sql-type.ts"

/** What the reference says of a function; its example runs in a test. */
export interface Documented {
  /** How it is written: `LPAD(string, length, pad)`. */
  readonly usage: string
  /** One sentence, for people. */
  readonly about: string
  readonly example: string
  /** The example's value, as `showValue` writes it. */
  readonly gives: string
  readonly aliases?: readonly string[]
}

/** A function: how it is written, and how it is checked, its number of arguments before. */
export interface FunctionDefinition extends Documented {
  readonly name: string
  readonly least: number
  readonly most: number
  readonly check: (context: CheckContext, node: CallNode, list: readonly Checked[]) => Checked | undefined
}

/** A function of a family, named by its usage. */
export function define(
  documented: Documented,
  least: number,
  most: number,
  check: FunctionDefinition["check"]
): FunctionDefinition {
  return { ...documented, name: documented.usage.slice(0, documented.usage.indexOf("(")), least, most, check }
}

export type Argument = (context: CheckContext, name: string, checked: Checked) => Core | undefined

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

/** A STRING as its UTF-8 bytes, or BYTES. */
export const binaryArgument: Argument = (context, name, checked) => {
  const type = typeOf(checked)
  if (type.kind === "bytes") return checked.core
  if (type.kind === "null") return nullOf(bytesType)
  const text = textArgument(context, name, checked)
  return text && call("utf8Bytes", bytesType, [text])
}

export const bytesArgument: Argument = (context, name, checked) => {
  const type = typeOf(checked)
  if (type.kind === "bytes") return checked.core
  if (type.kind === "null") return nullOf(bytesType)
  const message = `${name} needs BYTES, here ${formatSqlType(type)}`
  return context.fail("EXPRESSION_TYPE", message, checked.node.span, "write CAST(… AS BYTES)")
}

/** A function of a fixed form: `fn` is called with the arguments and the place; NULL when one of them is. */
export interface Strict extends Documented {
  readonly fn: string
  readonly takes: readonly Argument[]
  /** The fewest arguments; all when absent. */
  readonly least?: number
  /** What stands for the last arguments where they are not given. */
  readonly defaults?: readonly (number | string)[]
  readonly type: SqlType
  /** NULL also where no argument is. */
  readonly mayBeNull?: true
  /** Without the place of the call, which what cannot fail does not need. */
  readonly unplaced?: true
}

export function strict(spec: Strict): FunctionDefinition {
  const { fn, takes, type, defaults = [], least = takes.length - defaults.length } = spec
  return define(spec, least, takes.length, (context, node, list) => {
    const given = argumentsOf(context, node, list, takes)
    if (given === undefined) return undefined
    const missing = defaults.slice(defaults.length - (takes.length - given.length))
    const rest = given.length < takes.length ? missing : []
    const args = [
      ...given,
      ...rest.map((value) => constant(typeof value === "number" ? intType : stringType, value))
    ]
    const made = call(fn, type, args, spec.unplaced === true ? [] : [place(node)])
    return { node, core: spec.mayBeNull === true ? { ...made, nullable: true } : made }
  })
}

/** The arguments as the function wants them; undefined when one is refused. */
export function argumentsOf(
  context: CheckContext,
  node: CallNode,
  list: readonly Checked[],
  takes: readonly Argument[]
): readonly Core[] | undefined {
  const args = list.map((checked, index) => takes[index]!(context, node.name, checked))
  const sound = args.filter((core) => core !== undefined)
  return sound.length < args.length ? undefined : sound
}

/** A string that must stand in the expression itself, for it decides what is made of the call. */
export function literalText(
  context: CheckContext,
  name: string,
  what: string,
  checked: Checked
): string | undefined {
  const { core } = checked
  if (core.op === "constant" && typeof core.value === "string") return core.value
  const hint = `write it as a string: it is checked before a record is read`
  return context.fail("EXPRESSION_TYPE", `the ${what} of ${name} must be constant`, checked.node.span, hint)
}
