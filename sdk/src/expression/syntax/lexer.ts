import { excerpt, expressionError, type ExpressionError, type Span } from "../expression-error.ts"
import type { Token } from "./token.ts"

type Lexed = { readonly ok: readonly Token[] } | { readonly error: ExpressionError }

const blank = /[ \t\r\n\f\u00a0]+/y
const lineComment = /--[^\n]*/y
const name = /[A-Za-z_][A-Za-z0-9_$]*/y
// Each alternative begins with something that the others do not, so a failed match never tries a second split.
const number = /(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y
const symbol = /<=|>=|<>|!=|\|\||[-+*/%=<>(),.[\]]/y
const wrongSymbol = /==|&&|::|!|&|\||;|\?|:|\^|~|\{|\}|@|#|\$|\\/y
const symbolHints: ReadonlyMap<string, string> = new Map([
  ["==", "equality is one ="],
  ["&&", "write AND; || joins strings"],
  ["!", "write NOT"],
  ["::", "write CAST(value AS TYPE)"],
  [";", "an expression is not a statement: leave the semicolon out"],
  ["^", "write POWER(base, exponent)"],
  ["{", "there are no templates in expressions"]
])

/** Cuts a text into tokens, the last of which is `end`. Time is linear in the text. */
export function lex(text: string): Lexed {
  const cursor = new Cursor(text)
  const tokens: Token[] = []
  for (;;) {
    const problem = cursor.skipBlanks()
    if (problem !== undefined) return { error: problem }
    const token = nextToken(cursor)
    if ("code" in token) return { error: token }
    tokens.push(token)
    if (token.type === "end") return { ok: tokens }
  }
}

function nextToken(cursor: Cursor): Token | ExpressionError {
  const { text, at } = cursor
  if (at >= text.length) return { type: "end", text: "", span: cursor.span(at) }
  const character = text[at]!
  if (character === "'" || character === "`" || character === '"') return quotedToken(cursor, character)
  const word = cursor.match(name)
  if (word !== undefined) return { type: "name", text: word, span: cursor.take(word.length) }
  const digits = cursor.match(number)
  if (digits !== undefined) return numberToken(cursor, digits)
  const wrong = cursor.match(wrongSymbol)
  const right = cursor.match(symbol)
  if (right !== undefined && wrong !== "==") {
    return { type: "symbol", text: right, span: cursor.take(right.length) }
  }
  const found = wrong ?? String.fromCodePoint(text.codePointAt(at)!)
  const span = cursor.take(found.length)
  const hint = symbolHints.get(found) ?? "names with other characters are written in `backticks`"
  return expressionError("EXPRESSION_SYNTAX", `${excerpt(found)} has no meaning here`, span, hint)
}

function numberToken(cursor: Cursor, digits: string): Token | ExpressionError {
  const span = cursor.take(digits.length)
  const tail = cursor.match(name)
  if (tail === undefined) return { type: "number", text: digits, span }
  const whole = { ...span, end: span.end + tail.length }
  const hint = "a name that begins with a digit is written in `backticks`"
  return expressionError("EXPRESSION_SYNTAX", `${excerpt(digits + tail)} is not a number`, whole, hint)
}

/** Reads '…', `…` or "…"; the quote itself is doubled inside. There are no backslash escapes. */
function quotedToken(cursor: Cursor, quote: string): Token | ExpressionError {
  const { text, at } = cursor
  const parts: string[] = []
  let from = at + 1
  for (;;) {
    const close = text.indexOf(quote, from)
    if (close < 0) return unterminated(cursor, quote)
    parts.push(text.slice(from, close))
    if (text[close + 1] !== quote) {
      const span = cursor.take(close + 1 - at)
      const content = parts.join(quote)
      const type = quote === "'" ? "string" : "quoted"
      return type === "quoted" && content === "" ? emptyName(span) : { type, text: content, span }
    }
    from = close + 2
  }
}

function unterminated(cursor: Cursor, quote: string): ExpressionError {
  const what = quote === "'" ? "string" : "name"
  const span = cursor.take(cursor.text.length - cursor.at)
  return expressionError("EXPRESSION_SYNTAX", `this ${what} has no end`, span, `close it with ${quote}`)
}

function emptyName(span: Span): ExpressionError {
  return expressionError(
    "EXPRESSION_SYNTAX",
    "a name must not be empty",
    span,
    "the empty string is written ''"
  )
}

class Cursor {
  readonly text: string
  at = 0
  private line = 1
  private lineStart = 0
  /** Offset of the next line feed, kept so that the text is searched once only. */
  private newline: number

  constructor(text: string) {
    this.text = text
    this.newline = text.indexOf("\n")
  }

  span(end: number): Span {
    return { start: this.at, end, line: this.line, column: this.at - this.lineStart + 1 }
  }

  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    return pattern.exec(this.text)?.[0]
  }

  /** Moves on, counting lines, and says where it was. */
  take(length: number): Span {
    const span = this.span(this.at + length)
    while (this.newline >= 0 && this.newline < span.end) {
      this.line++
      this.lineStart = this.newline + 1
      this.newline = this.text.indexOf("\n", this.lineStart)
    }
    this.at = span.end
    return span
  }

  skipBlanks(): ExpressionError | undefined {
    for (;;) {
      const skipped = this.match(blank) ?? this.match(lineComment)
      if (skipped !== undefined) this.take(skipped.length)
      else if (this.text.startsWith("/*", this.at)) {
        const close = this.text.indexOf("*/", this.at + 2)
        if (close < 0) return this.openComment()
        this.take(close + 2 - this.at)
      } else return undefined
    }
  }

  private openComment(): ExpressionError {
    const span = this.span(this.text.length)
    return expressionError("EXPRESSION_SYNTAX", "this comment has no end", span, "close it with */")
  }
}
