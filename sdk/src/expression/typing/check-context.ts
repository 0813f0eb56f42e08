import type { AvroType, RecordType } from "../../avro/type.ts"
import type { CallCore, ConstantCore, Core } from "../core.ts"
import type { ExpressionErrorCode, Span } from "../expression-error.ts"
import type { Expression } from "../syntax/ast.ts"
import { sameAvro } from "./sql-avro.ts"
import { booleanType, nullType, type SqlType } from "./sql-type.ts"

/** A node with its meaning. */
export interface Checked {
  readonly node: Expression
  readonly core: Core
  /** Present where the value is one that the row holds: its Avro type, without null. */
  readonly avro?: AvroType
}

/** What the checks share. A check that fails reports and answers undefined; so does one whose operand failed. */
export interface CheckContext {
  readonly row: RecordType
  readonly check: (node: Expression) => Checked | undefined
  /** Checks all, so that every mistake is reported; undefined when one failed. */
  readonly checkAll: (nodes: readonly Expression[]) => readonly Checked[] | undefined
  readonly fail: (code: ExpressionErrorCode, message: string, span: Span, hint?: string) => undefined
  readonly readsField: (name: string) => void
  readonly newSlot: () => number
}

export function place(node: Expression): string {
  return `${node.span.line}:${node.span.column}`
}

export function constant(type: SqlType, value: ConstantCore["value"]): ConstantCore {
  return { op: "constant", type, nullable: value === null, value }
}

export function nullOf(type: SqlType): ConstantCore {
  return constant(type, null)
}

export function call(
  fn: string,
  type: SqlType,
  args: readonly Core[],
  statics: CallCore["statics"] = []
): CallCore {
  return { op: "call", fn, type, nullable: args.some(({ nullable }) => nullable), args, statics }
}

export function not(core: Core): Core {
  return call("not", booleanType, [core])
}

export function logic(op: "and" | "or", args: readonly Core[]): Core {
  const [only] = args
  if (args.length === 1 && only !== undefined) return only
  return { op, type: booleanType, nullable: args.some(({ nullable }) => nullable), args }
}

/** Evaluates a value once and lets `use` read it often; a constant or a field needs no binding. */
export function bind(context: CheckContext, value: Core, use: (value: Core) => Core): Core {
  const cheap = value.op === "column" && value.type.kind !== "decimal"
  if (cheap || value.op === "constant" || value.op === "slot") return use(value)
  const slot = context.newSlot()
  const body = use({ op: "slot", slot, type: value.type, nullable: value.nullable })
  return { op: "bind", slot, value, body, type: body.type, nullable: body.nullable }
}

export function typeOf(checked: Checked): SqlType {
  return checked.core.type
}

/** The Avro type that all of them have, but for NULL literals; undefined when they differ or are computed. */
export function commonAvro(list: readonly Checked[]): AvroType | undefined {
  const valued = list.filter(({ core }) => core.type.kind !== nullType.kind)
  const avro = valued[0]?.avro
  if (avro === undefined) return undefined
  return valued.every((checked) => checked.avro !== undefined && sameAvro(avro, checked.avro))
    ? avro
    : undefined
}

export function withAvro(node: Expression, core: Core, avro: AvroType | undefined): Checked {
  return avro === undefined ? { node, core } : { node, core, avro }
}
