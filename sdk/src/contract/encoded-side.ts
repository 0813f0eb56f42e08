import type * as SchemaAST from "effect/SchemaAST"

import { type Known, typeAnnotations } from "./avro-annotations.ts"

export interface EncodedSide {
  /** Without an encoding of its own. */
  readonly ast: SchemaAST.AST
  /** The annotations of all layers, the innermost first: a class says the name of the record that it is stored as. */
  readonly said: Known
}

/** What a node is stored as, and what its layers say on the way there. */
export const encodedSide = (ast: SchemaAST.AST, around: Known = {}): EncodedSide => {
  const said = { ...around, ...typeAnnotations(ast) }
  const to = ast.encoding?.at(-1)?.to
  if (to === undefined) return { ast, said }
  // What the decoded side would be stored as has no say here.
  const { "avro.type": _, ...rest } = said
  return encodedSide(to, rest)
}
