import { expressionError, type ExpressionError, type Span } from "../expression-error.ts"
import type { Expression } from "./ast.ts"
import { lex } from "./lexer.ts"
import { parseCondition } from "./parse-condition.ts"
import { parseConcat } from "./parse-value.ts"
import { maxTextLength, ParseStop, TokenReader } from "./token-reader.ts"

export type ParseResult = { readonly ok: Expression } | { readonly error: ExpressionError }

/**
 * Parses a SQL scalar expression. Never throws; stops at the first mistake. At most 65,536 UTF-16 code units of text, 10,000
 * nodes, 64 levels; time is linear in the text.
 */
export function parseExpression(text: string): ParseResult {
  const whole: Span = { start: 0, end: text.length, line: 1, column: 1 }
  if (text.length > maxTextLength) {
    const message = `an expression has at most ${maxTextLength} characters, this one has ${text.length}`
    return { error: expressionError("EXPRESSION_TOO_LARGE", message, whole) }
  }
  if (!text.isWellFormed()) {
    const message = "the text has half a surrogate pair: it is not valid Unicode"
    return { error: expressionError("EXPRESSION_SYNTAX", message, whole) }
  }
  const lexed = lex(text)
  if ("error" in lexed) return lexed
  return parseTokens(new TokenReader(lexed.ok, { condition: parseCondition, concat: parseConcat }))
}

function parseTokens(reader: TokenReader): ParseResult {
  try {
    if (reader.isEnd()) reader.unexpected("an expression")
    const expression = reader.condition()
    if (!reader.isEnd()) trailing(reader)
    return { ok: expression }
  } catch (problem) {
    if (problem instanceof ParseStop) return { error: problem.error }
    throw problem
  }
}

function trailing(reader: TokenReader): never {
  if (reader.isSymbol(")")) reader.stop("EXPRESSION_SYNTAX", "this ) closes nothing", reader.token.span)
  reader.unexpected("an operator or the end")
}
