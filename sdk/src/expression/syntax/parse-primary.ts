import { excerpt, type Span } from "../expression-error.ts"
import { parseDate, parseTime, parseTimestamp } from "../temporal-text.ts"
import type { CaseBranch, Expression, NumberLiteral } from "./ast.ts"
import { parseCall } from "./parse-call.ts"
import { parseInterval } from "./parse-interval.ts"
import { constructorWords } from "./token.ts"
import type { Token } from "./token.ts"
import type { TokenReader } from "./token-reader.ts"

/** A literal, a name, a call, a CASE, or an expression in parentheses. */
export function parsePrimary(reader: TokenReader): Expression {
  const { token } = reader
  switch (token.type) {
    case "number":
      return parseNumber(reader)
    case "string":
      reader.next()
      return reader.node({ kind: "string", value: token.text, span: token.span })
    case "quoted":
      reader.next()
      return reader.node({ kind: "name", name: token.text, span: token.span })
    case "name":
      return parseWord(reader, token)
    case "symbol":
      return parseParentheses(reader)
    case "end":
      return reader.unexpected("a value")
  }
}

function parseParentheses(reader: TokenReader): Expression {
  const { span } = reader.token
  if (!reader.takeSymbol("(")) reader.unexpected("a value")
  const expression = reader.condition()
  if (reader.isSymbol(",")) return parseOverlaps(reader, expression, span)
  reader.expectSymbol(")", "to close the parenthesis")
  return expression
}

/** `(start, end) OVERLAPS (start, end)`, its first value read. */
function parseOverlaps(reader: TokenReader, start: Expression, from: Span): Expression {
  reader.expectSymbol(",", "between start and end")
  const end = reader.condition()
  reader.expectSymbol(")", "to close the period")
  reader.expectWord("OVERLAPS", "after a period")
  reader.expectSymbol("(", "after OVERLAPS")
  const otherStart = reader.condition()
  reader.expectSymbol(",", "between start and end")
  const otherEnd = reader.condition()
  reader.expectSymbol(")", "to close the period")
  const span = reader.spanFrom(from)
  return reader.node({ kind: "call", name: "OVERLAPS", arguments: [start, end, otherStart, otherEnd], span })
}

function parseConstructor(reader: TokenReader, word: string): Expression {
  const { span: from } = reader.next()
  reader.expectSymbol("[", `after ${word}`)
  if (reader.isSymbol("]")) {
    const hint = "an empty one has no type; write NULL, or a value"
    reader.stop("EXPRESSION_SYNTAX", `${word}[] must not be empty`, reader.token.span, hint)
  }
  const list = reader.list()
  reader.expectSymbol("]", `to close ${word}`)
  const span = reader.spanFrom(from)
  if (word === "ARRAY") return reader.node({ kind: "array", items: list, span })
  if (list.length % 2 !== 0) {
    reader.stop("EXPRESSION_SYNTAX", "the last key of MAP has no value", span, "write MAP[key, value, …]")
  }
  return reader.node({ kind: "map", entries: list, span })
}

function parseNumber(reader: TokenReader): Expression {
  const { text, span } = reader.next()
  const form: NumberLiteral["form"] = /[eE]/.test(text)
    ? "double"
    : text.includes(".")
      ? "decimal"
      : "integer"
  const digits = text.replace(".", "").replace(/^0+/, "").length
  if (form === "double" && !Number.isFinite(Number(text))) {
    reader.stop("EXPRESSION_LITERAL", `${excerpt(text)} is beyond the range of DOUBLE`, span)
  }
  if (form !== "double" && (digits > 38 || text.length > 80)) {
    reader.stop("EXPRESSION_LITERAL", "an exact number has at most 38 digits", span, "write it as 1.5e40")
  }
  return reader.node({ kind: "number", form, text: text.toUpperCase(), span })
}

function parseWord(reader: TokenReader, token: Token): Expression {
  const word = token.text.toUpperCase()
  if (word === "NULL") return reader.node({ kind: "null", span: reader.next().span })
  if (word === "TRUE" || word === "FALSE") {
    return reader.node({ kind: "boolean", value: word === "TRUE", span: reader.next().span })
  }
  if (word === "CASE") return parseCase(reader)
  if (reader.isReserved()) reader.unexpected("a value")
  const after = reader.peek(1)
  if (after.type === "symbol" && after.text === "(") return parseCall(reader, word)
  if (after.type === "symbol" && after.text === "[" && constructorWords.has(word)) {
    return parseConstructor(reader, word)
  }
  if (after.type === "string" && word === "INTERVAL") return parseInterval(reader)
  if (after.type === "string") return parseTemporal(reader, word)
  reader.next()
  return reader.node({ kind: "name", name: token.text, span: token.span })
}

function parseTemporal(reader: TokenReader, word: string): Expression {
  const { span: from } = reader.next()
  const { text } = reader.next()
  const span = reader.spanFrom(from)
  const bad = (form: string) =>
    reader.stop("EXPRESSION_LITERAL", `${word} '${excerpt(text)}' is not valid`, span, `write ${form}`)
  if (word === "DATE") {
    return parseDate(text) === undefined
      ? bad("DATE '2020-01-31'")
      : reader.node({ kind: "date", text, span })
  }
  if (word === "TIME") {
    return parseTime(text) === undefined ? bad("TIME '12:30:00'") : reader.node({ kind: "time", text, span })
  }
  if (word === "TIMESTAMP") {
    return parseTimestamp(text) === undefined
      ? bad("TIMESTAMP '2020-01-31 12:30:00.000'")
      : reader.node({ kind: "timestamp", text, span })
  }
  const hint = "an operator is missing before the string"
  return reader.stop("EXPRESSION_SYNTAX", `${excerpt(word)} before a string has no meaning`, span, hint)
}

function parseCase(reader: TokenReader): Expression {
  const { span } = reader.next()
  const operand = reader.isWord("WHEN") ? {} : { operand: reader.condition() }
  const branches: CaseBranch[] = []
  while (reader.takeWord("WHEN")) {
    const when = reader.condition()
    reader.expectWord("THEN", "after the condition of WHEN")
    branches.push(Object.freeze({ when, result: reader.condition() }))
  }
  if (branches.length === 0) reader.unexpected("WHEN")
  const otherwise = reader.takeWord("ELSE") ? { otherwise: reader.condition() } : {}
  reader.expectWord("END", "to close CASE")
  return reader.node({ kind: "case", ...operand, branches, ...otherwise, span: reader.spanFrom(span) })
}
