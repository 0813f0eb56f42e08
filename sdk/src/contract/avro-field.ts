import type * as SchemaAST from "effect/SchemaAST"

import type { AvroField, AvroType } from "../avro/type.ts"
import { type Known, keyAnnotations } from "./avro-annotations.ts"
import { encodedSide } from "./encoded-side.ts"
import { fieldDefault, withDefaultFirst } from "./field-default.ts"
import { isNamed } from "./named-types.ts"
import { nullable } from "./union-branches.ts"

/** The field of a record, from the schema at its key and that schema's Avro type. */
export const avroField = (name: string, ast: SchemaAST.AST, converted: AvroType): AvroField => {
  const side = encodedSide(ast)
  const optional = side.ast.context?.isOptional === true || allowsUndefined(side.ast)
  const key = { ...keyAnnotations(side.ast), ...keyAnnotations(ast) }
  const said: Known = { ...saidByType(ast, converted), ...key }
  const value = fieldDefault(ast, side.ast, converted, said, optional)
  const type = optional && (value === undefined || value.value === null) ? nullable(converted) : converted
  const source = said["millrace.source"]
  const sensitive = said["millrace.sensitive"] ?? (holdsSensitive(ast, 0) ? true : undefined)
  return {
    name,
    type: value === undefined || said["avro.keepOrder"] === true ? type : withDefaultFirst(type, value.value),
    ...(said.description === undefined ? {} : { doc: said.description }),
    aliases: said["avro.aliases"] ?? [],
    ...(value === undefined ? {} : { default: value }),
    order: said["avro.order"] ?? "ascending",
    attributes: {
      ...key["avro.attributes"],
      ...(source === undefined ? {} : { "millrace.source": source }),
      ...(sensitive === undefined ? {} : { "millrace.sensitive": sensitive })
    }
  }
}

/** What a type says counts for its field, but the doc and aliases of a named type, which are its own; under `NullOr` too. */
const saidByType = (ast: SchemaAST.AST, type: AvroType): Known => {
  const { ast: encoded, said } = encodedSide(ast)
  const { "avro.attributes": _, "avro.aliases": aliases, description, ...rest } = said
  const named = isNamed(type)
  const own: Known = {
    ...rest,
    ...(named || aliases === undefined ? {} : { "avro.aliases": aliases }),
    ...(named || description === undefined ? {} : { description })
  }
  if (encoded._tag !== "Union" || type.kind !== "union") return own
  const [member, ...others] = encoded.types.filter(
    (each) => each._tag !== "Null" && each._tag !== "Undefined"
  )
  const branch = type.branches.find((each) => each.kind !== "null")
  if (member === undefined || branch === undefined || others.length > 0) return own
  const { "avro.default": __, "avro.keepOrder": ___, ...inner } = saidByType(member, branch)
  return { ...inner, ...own }
}

const allowsUndefined = (ast: SchemaAST.AST): boolean =>
  ast._tag === "Union" && ast.types.some((member) => member._tag === "Undefined")

/** A field is as sensitive as what it holds; a record's fields speak for themselves. */
const holdsSensitive = (ast: SchemaAST.AST, depth: number): boolean => {
  const side = encodedSide(ast)
  if (side.said["millrace.sensitive"] === true) return true
  if (depth > 8) return false
  const within = (inner: SchemaAST.AST) => holdsSensitive(inner, depth + 1)
  switch (side.ast._tag) {
    case "Arrays":
      return side.ast.rest.some(within)
    case "Objects":
      return side.ast.indexSignatures.some((signature) => within(signature.type))
    case "Union":
      return side.ast.types.some(within)
    default:
      return false
  }
}
