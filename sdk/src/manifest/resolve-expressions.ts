import type { RecordType } from "../avro/type.ts"
import { checkExpression, parseExpression, type TypedExpression } from "../expression/index.ts"
import type { PluginManifest } from "./manifest.ts"
import { expandPointer, valueAt } from "./json-pointer.ts"
import type { NodeProblems } from "./node-problems.ts"

/** An expression of the config, checked; `input` is the one whose fields it reads, undefined for rows of the plugin's own. */
export interface NodeExpression {
  readonly input: string | undefined
  readonly typed: TypedExpression
}

/** Parses and checks every expression in a config against the rows that its input's body will see. */
export const resolveExpressions = (
  plugin: PluginManifest,
  config: unknown,
  rows: { readonly [input: string]: RecordType },
  problems: NodeProblems
): ReadonlyMap<string, NodeExpression> => {
  const found = new Map<string, NodeExpression>()
  for (const { pointer: pattern, input, row: own, type, words = [] } of plugin.expressions) {
    const row =
      own === undefined
        ? Object.hasOwn(rows, input)
          ? rows[input]
          : undefined
        : problems.record(own, `config${pattern}`, "the rows of an expression")
    if (row === undefined) continue
    for (const pointer of expandPointer(config, pattern)) {
      const text = valueAt(config, pointer)
      if (words.some((word) => word === text)) continue
      const typed = resolveExpression(text, row, type, `config${pointer}`, problems)
      if (typed !== undefined) found.set(pointer, { input: own === undefined ? input : undefined, typed })
    }
  }
  return found
}

const resolveExpression = (
  text: unknown,
  row: RecordType,
  wanted: string,
  path: string,
  problems: NodeProblems
): TypedExpression | undefined => {
  if (typeof text !== "string") {
    return problems.add("CONFIG_INVALID", path, "an expression is text", "Write the expression in quotes.")
  }
  const parsed = parseExpression(text)
  if (!("ok" in parsed)) {
    const { message, hint } = parsed.error
    return problems.add("EXPRESSION_SYNTAX", path, message, hint ?? "Correct the expression.", parsed.error)
  }
  const checked = checkExpression(parsed.ok, row)
  if (!("ok" in checked)) {
    for (const error of checked.errors) {
      const code = error.code === "EXPRESSION_UNKNOWN_FIELD" ? "UNKNOWN_FIELD" : "EXPRESSION_TYPE"
      problems.add(code, path, error.message, error.hint ?? fieldsOf(row), error)
    }
    return undefined
  }
  if (fits(checked.ok.type.kind, wanted)) return checked.ok
  const given = checked.ok.type.kind.toUpperCase()
  return problems.add(
    "EXPRESSION_TYPE",
    path,
    `the expression gives ${given}, ${wanted.toUpperCase()} is asked for`,
    wanted === "boolean" ? "Compare the value: rating >= 7." : "Convert it: CAST(x AS …).",
    { start: 0, end: text.length }
  )
}

const numeric: readonly string[] = ["int", "bigint", "float", "double", "decimal"]

const fits = (kind: string, wanted: string): boolean =>
  wanted === "any" || kind === "null" || kind === wanted || (wanted === "number" && numeric.includes(kind))

const fieldsOf = (row: RecordType): string => {
  const names = row.fields.map(({ name }) => name)
  return `The fields are ${names.slice(0, 12).join(", ")}${names.length > 12 ? ", …" : ""}.`
}
