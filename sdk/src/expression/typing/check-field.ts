import type { RecordType } from "../../avro/type.ts"
import { excerpt } from "../expression-error.ts"
import { didYouMean } from "../nearest.ts"
import { formatName } from "../syntax/format.ts"
import type { Expression, IndexNode, MemberNode, NameNode } from "../syntax/ast.ts"
import { call, withAvro, type CheckContext, type Checked } from "./check-context.ts"
import { absentFunctions } from "./functions/absent.ts"
import { fromAvro } from "./sql-avro.ts"
import { formatSqlType, isInteger } from "./sql-type.ts"

/** A field of the row. */
export function checkName(context: CheckContext, node: NameNode): Checked | undefined {
  const field = context.row.fields.find(({ name }) => name === node.name)
  if (field === undefined) return unknownField(context, node, node.name, context.row)
  context.readsField(node.name)
  const { type, nullable, avro } = fromAvro(field.type)
  return { node, core: { op: "column", name: node.name, type, nullable }, avro }
}

/** `movie.title`: a field of a record in the row. */
export function checkMember(context: CheckContext, node: MemberNode): Checked | undefined {
  const of = context.check(node.operand)
  if (of === undefined) return undefined
  const { type: owner, nullable: ownerNullable } = of.core
  if (owner.kind !== "row") {
    const hint = owner.kind === "map" ? `write ['${excerpt(node.name)}'] for a map's value` : undefined
    const message = `${formatSqlType(owner)} has no fields, so no ${excerpt(node.name)}`
    return context.fail("EXPRESSION_TYPE", message, node.span, hint)
  }
  const field = owner.record.fields.find(({ name }) => name === node.name)
  if (field === undefined) return unknownField(context, node, node.name, owner.record)
  const { type, nullable, avro } = fromAvro(field.type)
  const core = {
    op: "member",
    of: of.core,
    name: node.name,
    type,
    nullable: nullable || ownerNullable
  } as const
  return { node, core, avro }
}

function unknownField(context: CheckContext, node: Expression, name: string, record: RecordType): undefined {
  const names = record.fields.map((field) => field.name)
  const looksLikeText = /[^A-Za-z0-9_]/.test(name)
  const hint =
    absentFunctions.get(name.toUpperCase()) ??
    didYouMean(name, names.map(formatName)) ??
    (looksLikeText ? `a string is written in single quotes: '${excerpt(name)}'` : listNames(names))
  const message = `unknown field ${excerpt(name)}`
  return context.fail("EXPRESSION_UNKNOWN_FIELD", message, node.span, hint)
}

function listNames(names: readonly string[]): string {
  if (names.length === 0) return "the record has no fields"
  const shown = names.slice(0, 8).map((name) => excerpt(formatName(name)))
  return `the fields are ${shown.join(", ")}${names.length > 8 ? `, and ${names.length - 8} more` : ""}`
}

/** `tags[1]`, counted from 1, and `labels['k']`. */
export function checkIndex(context: CheckContext, node: IndexNode): Checked | undefined {
  const both = context.checkAll([node.operand, node.index])
  const [of, index] = both ?? []
  if (of === undefined || index === undefined) return undefined
  const owner = of.core.type
  const key = index.core.type
  if (owner.kind !== "array" && owner.kind !== "map") {
    return context.fail("EXPRESSION_TYPE", `${formatSqlType(owner)} has no elements`, node.span)
  }
  const fits = key.kind === "null" || (owner.kind === "array" ? isInteger(key) : key.kind === "string")
  if (!fits) {
    const wanted =
      owner.kind === "array" ? "an array's index is an INT, from 1" : "a map's key is a STRING: ['key']"
    return context.fail("EXPRESSION_TYPE", `${formatSqlType(key)} is no index`, node.index.span, wanted)
  }
  if (owner.kind === "array" && index.core.op === "constant" && Number(index.core.value ?? 1) < 1) {
    const hint = "the first element is [1]"
    return context.fail("EXPRESSION_TYPE", "an array's index counts from 1", node.index.span, hint)
  }
  const { type, avro } = fromAvro(owner.kind === "array" ? owner.items : owner.values)
  const wide = key.kind === "bigint" && key.wide
  const position = wide ? call("bigToNumber", { kind: "bigint", wide: false }, [index.core]) : index.core
  return withAvro(node, { op: "item", of: of.core, index: position, type, nullable: true }, avro)
}
