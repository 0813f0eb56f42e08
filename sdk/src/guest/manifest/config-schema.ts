import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { escapePart } from "../../manifest/json-pointer.ts"
import type { PluginManifest } from "../../manifest/manifest.ts"
import { expressionMark } from "../../plugin/expression-config.ts"

const closed = { type: "object", properties: {}, additionalProperties: false } as const

/** JSON Schema (draft 2020-12) of a config's encoded side, closed to unknown keys; definitions stand under `$defs`. */
export const configJsonSchema = (config: Schema.Top | undefined): unknown => {
  if (config === undefined) return closed
  const { schema, definitions } = Schema.toJsonSchemaDocument(config, {
    onExcessProperty: "error",
    includeAnnotationKey: (key) => key === expressionMark
  })
  const document = Object.keys(definitions).length === 0 ? schema : { ...schema, $defs: definitions }
  return plainNumbers(document)
}

/** Effect lets JSON say "NaN" and "Infinity" for a number; a config has no use for them. */
const plainNumbers = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(plainNumbers)
  if (typeof node !== "object" || node === null) return node
  const parts = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, plainNumbers(value)]))
  const any: unknown = parts["anyOf"]
  if (!Array.isArray(any)) return parts
  const kept = any.filter((branch) => JSON.stringify(branch) !== notFinite)
  if (kept.length === any.length) return parts
  if (kept.length > 1) return { ...parts, anyOf: kept }
  const { anyOf: _, ...rest } = parts
  return { ...rest, ...kept[0] }
}
const notFinite = JSON.stringify({ type: "string", enum: ["Infinity", "-Infinity", "NaN"] })

/** Where in a config the expressions stand, and what each must give. */
export const configExpressions = (config: Schema.Top | undefined): PluginManifest["expressions"] => {
  const found: PluginManifest["expressions"][number][] = []
  const walk = (ast: SchemaAST.AST, pointer: string, depth: number, words: readonly string[]): void => {
    const mark = markOf(ast)
    if (mark !== undefined) {
      found.push({ pointer, ...mark, ...(words.length === 0 ? {} : { words }) })
      return
    }
    if (depth > 16) return
    const beside = wordsOf(ast)
    for (const [part, child] of partsOf(ast))
      walk(child, part === "" ? pointer : `${pointer}/${part}`, depth + 1, beside)
  }
  if (config !== undefined) walk(SchemaAST.toEncoded(config.ast), "", 0, [])
  return found
}

/** The words of a union, one of which may stand in the place of its expression. */
const wordsOf = (ast: SchemaAST.AST): readonly string[] =>
  SchemaAST.isUnion(ast)
    ? ast.types.flatMap((branch) =>
        SchemaAST.isLiteral(branch) && typeof branch.literal === "string" ? [branch.literal] : []
      )
    : []

const markOf = (
  ast: SchemaAST.AST
): { readonly input: string; readonly type: string; readonly row?: unknown } | undefined => {
  const mark: unknown = SchemaAST.resolve(ast)?.[expressionMark]
  if (typeof mark !== "object" || mark === null) return undefined
  const row: unknown = Reflect.get(mark, "row")
  return {
    input: String(Reflect.get(mark, "input")),
    type: String(Reflect.get(mark, "type")),
    ...(row === undefined ? {} : { row })
  }
}

const partsOf = (ast: SchemaAST.AST): readonly (readonly [part: string, child: SchemaAST.AST])[] => {
  switch (ast._tag) {
    case "Objects":
      return [
        ...ast.propertySignatures.map(({ name, type }) => [escapePart(String(name)), type] as const),
        ...ast.indexSignatures.map(({ type }) => ["*", type] as const)
      ]
    case "Arrays":
      return [
        ...ast.elements.map((item, index) => [String(index), item] as const),
        ...ast.rest.map((item) => ["*", item] as const)
      ]
    case "Union":
      return ast.types.map((branch) => ["", branch] as const)
    case "Suspend":
      return [["", ast.thunk()]]
    default:
      return []
  }
}
