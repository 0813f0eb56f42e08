import * as Option from "effect/Option"
import type * as SchemaAST from "effect/SchemaAST"
import * as SchemaGetter from "effect/SchemaGetter"

import { branchOfDefault } from "../avro/parse/default-value.ts"
import type { AvroType, Json } from "../avro/type.ts"
import type { Known } from "./avro-annotations.ts"
import { defaultJson } from "./default-json.ts"

export type FieldDefault = { readonly value: Json } | undefined

/**
 * A field's default: the annotation's, else the one that decoding fills in (`withDecodingDefaultKey`), else the constructor's,
 * both where they are plain values of the type; else null for an optional key.
 */
export const fieldDefault = (
  ast: SchemaAST.AST,
  encoded: SchemaAST.AST,
  type: AvroType,
  said: Known,
  optional: boolean
): FieldDefault => {
  const annotated = said["avro.default"]
  if (annotated !== undefined) return { value: annotated }
  for (const value of [decodingDefault(ast), constructorDefault(ast), constructorDefault(encoded)]) {
    const json = value === undefined ? undefined : defaultJson(type, value)
    if (json !== undefined) return { value: json }
  }
  return optional ? { value: null } : undefined
}

/** Effects that are values already have this shape; any other default is computed anew each time, and is no default in Avro. */
const succeeded = (effect: unknown): unknown =>
  typeof effect === "object" &&
  effect !== null &&
  "_tag" in effect &&
  effect._tag === "Success" &&
  "value" in effect
    ? effect.value
    : undefined

const constructorDefault = (ast: SchemaAST.AST): unknown => succeeded(ast.context?.constructorDefault)

/** What the outermost step of decoding makes of a missing key. */
const decodingDefault = (ast: SchemaAST.AST): unknown => {
  const transformation = ast.encoding?.at(-1)?.transformation
  if (transformation?._tag !== "Transformation" || transformation.decode._tag !== "TransformOptionalEffect")
    return undefined
  const result = succeeded(SchemaGetter.run(transformation.decode, Option.none(), {}))
  return Option.isOption(result) && Option.isSome(result) ? result.value : undefined
}

/** Before Avro 1.12 a union's default had to be of its first branch: so it is put there. */
export const withDefaultFirst = (type: AvroType, value: Json): AvroType => {
  if (type.kind !== "union") return type
  const index = branchOfDefault(type.branches, value)
  const branch = type.branches[index]
  if (branch === undefined || index === 0) return type
  return { kind: "union", branches: [branch, ...type.branches.filter((other) => other !== branch)] }
}
