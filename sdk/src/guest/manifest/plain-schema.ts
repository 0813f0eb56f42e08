import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

/** A part of a contract's schema that a record cannot carry as it is. */
export interface PlainOffence {
  readonly path: string
  readonly message: string
}

/**
 * What in a schema of records or of state is not plain. Bodies get what the codec decodes: nothing runs a schema's own
 * transformations for each record, and every field of an Avro record is there.
 */
export const plainOffences = (schema: Schema.Top): readonly PlainOffence[] => {
  const offences: PlainOffence[] = []
  const seen = new Set<SchemaAST.AST>()
  const walk = (ast: SchemaAST.AST, path: string): void => {
    if (seen.has(ast)) return
    seen.add(ast)
    if (ast.encoding !== undefined) {
      offences.push({
        path,
        message:
          "a transformation: declare the plain form (Avro.* for dates and decimals) and convert it in the body"
      })
      return
    }
    for (const [name, child] of childrenOf(ast)) {
      const at = name === "" ? path : path === "" ? name : `${path}.${name}`
      if (SchemaAST.isOptional(child) && SchemaAST.isObjects(ast)) {
        offences.push({
          path: at,
          message: "an optional key: every field of a record is there, use Schema.NullOr"
        })
        continue
      }
      walk(child, at)
    }
  }
  walk(schema.ast, "")
  return offences
}

const childrenOf = (ast: SchemaAST.AST): readonly (readonly [name: string, child: SchemaAST.AST])[] => {
  switch (ast._tag) {
    case "Objects":
      return [
        ...ast.propertySignatures.map(({ name, type }) => [String(name), type] as const),
        ...ast.indexSignatures.map(({ type }) => ["{}", type] as const)
      ]
    case "Arrays":
      return [...ast.elements, ...ast.rest].map((item) => ["[]", item] as const)
    case "Union":
      return ast.types.map((branch) => ["", branch] as const)
    case "Suspend":
      return [["", ast.thunk()]]
    default:
      return []
  }
}
