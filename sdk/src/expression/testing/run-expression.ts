import { assert } from "vitest"
import {
  checkExpression,
  compileExpression,
  formatExpressionError,
  parseExpression,
  type Expression,
  type TypedExpression
} from "../index.ts"
import type { RecordType } from "../../avro/type.ts"
import { sampleRow, sampleSchema } from "./sample-row.ts"

export function parsed(text: string): Expression {
  const result = parseExpression(text)
  if ("ok" in result) return result.ok
  return assert.fail(`${text.slice(0, 200)}: ${formatExpressionError(result.error)}`)
}

export function typed(text: string, schema: RecordType = sampleSchema): TypedExpression {
  const result = checkExpression(parsed(text), schema)
  if ("ok" in result) return result.ok
  return assert.fail(`${text.slice(0, 200)}: ${result.errors.map(formatExpressionError).join("; ")}`)
}

/** What an expression gives for a row. */
export function run(text: string, row: unknown = sampleRow(), schema: RecordType = sampleSchema): unknown {
  return compileExpression(typed(text, schema))(row)
}

/** Every mistake of a text against the sample, one line each. */
export function mistakes(text: string, schema: RecordType = sampleSchema): readonly string[] {
  const result = parseExpression(text)
  if ("error" in result) return [`${result.error.code} ${formatExpressionError(result.error)}`]
  const checked = checkExpression(result.ok, schema)
  return "ok" in checked ? [] : checked.errors.map((error) => `${error.code} ${formatExpressionError(error)}`)
}

/** A tree without its places. */
export function withoutSpans(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === "span" ? undefined : part)))
}
