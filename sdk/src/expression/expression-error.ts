/** Where something stands in an expression's text. Offsets are UTF-16 code units from 0, `end` exclusive; line and column count from 1. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly line: number
  readonly column: number
}

/** Why an expression was refused; part of the public API, never renamed. */
export type ExpressionErrorCode =
  | "EXPRESSION_SYNTAX"
  | "EXPRESSION_LITERAL"
  | "EXPRESSION_TOO_LARGE"
  | "EXPRESSION_TOO_DEEP"
  | "EXPRESSION_UNKNOWN_FIELD"
  | "EXPRESSION_UNKNOWN_FUNCTION"
  | "EXPRESSION_ARGUMENTS"
  | "EXPRESSION_TYPE"
  | "EXPRESSION_PATTERN"

/** A refused expression: what, where in its text, and (as `hint`) what to write instead. */
export interface ExpressionError extends Span {
  readonly code: ExpressionErrorCode
  readonly message: string
  readonly hint?: string
}

export function expressionError(
  code: ExpressionErrorCode,
  message: string,
  span: Span,
  hint?: string
): ExpressionError {
  const { start, end, line, column } = span
  return { code, message, start, end, line, column, ...(hint === undefined ? {} : { hint }) }
}

/** One line for a terminal or a log: `1:7 unknown field titel (did you mean title?)`. */
export function formatExpressionError(error: ExpressionError): string {
  const hint = error.hint === undefined ? "" : ` (${error.hint})`
  return `${error.line}:${error.column} ${error.message}${hint}`
}

/** A name or a piece of text as a message shows it: one line, at most 40 characters. */
export function excerpt(text: string): string {
  const flat = JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text)
  return flat.slice(1, -1).replaceAll('\\"', '"')
}
