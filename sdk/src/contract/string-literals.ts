import type * as SchemaAST from "effect/SchemaAST"

import { isSimpleName } from "../avro/parse/name.ts"
import type { AvroType } from "../avro/type.ts"

/** The strings that a node consists of, in order and once each, or undefined when it is anything else. */
export const literalStrings = (ast: SchemaAST.AST): readonly string[] | undefined => {
  const values = literalValues(ast)
  const strings = values?.filter((value) => typeof value === "string")
  return strings === undefined || strings.length !== values?.length || strings.length === 0
    ? undefined
    : [...new Set(strings)]
}

const literalValues = (ast: SchemaAST.AST): readonly unknown[] | undefined => {
  if (ast._tag === "Literal") return [ast.literal]
  if (ast._tag === "Enum") return ast.enums.map(([, value]) => value)
  if (ast._tag !== "Union") return undefined
  const values = ast.types.map((member) => (member._tag === "Literal" ? member.literal : undefined))
  return values.includes(undefined) ? undefined : values
}

/**
 * Strings that Avro does not allow as an enum's symbols ("PG-13") are a string with a pattern; the attribute
 * `millrace.literals` keeps them for whoever makes a schema of it again. Undefined when an enum can have them all.
 */
export const restricted = (symbols: readonly string[]): AvroType | undefined => {
  if (symbols.every(isSimpleName)) return undefined
  const pattern = `^(?:${symbols.map((symbol) => symbol.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|")})$`
  return {
    kind: "string",
    attributes: { "millrace.literals": symbols, "millrace.checks": [{ check: "pattern", value: pattern }] }
  }
}
