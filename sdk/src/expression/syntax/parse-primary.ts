import { excerpt, type Span } from "../expression-error.ts"
import { parseDate, parseTime, parseTimestamp } from "../temporal-text.ts"
import { extractUnits, type CaseBranch, type Expression, type NumberLiteral, type TrimNode } from "./ast.ts"
import { parseCastTarget } from "./parse-cast-target.ts"
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
  if (!reader.takeSymbol("(")) reader.unexpected("a value")
  const expression = reader.condition()
  reader.expectSymbol(")", "to close the parenthesis")
  return expression
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
  const hint =
    word === "INTERVAL" ? "intervals are not supported" : "an operator is missing before the string"
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

function parseCall(reader: TokenReader, name: string): Expression {
  const { span } = reader.next()
  const open = reader.next()
  switch (name) {
    case "CAST":
    case "TRY_CAST":
      return parseCast(reader, span, name === "TRY_CAST")
    case "EXTRACT":
      return parseExtract(reader, span)
    case "TRIM":
      return parseTrim(reader, span)
    case "POSITION":
      return parsePosition(reader, span)
    case "SUBSTRING":
    case "SUBSTR":
      return parseSubstring(reader, span)
    default: {
      const list = reader.isSymbol(")") ? [] : reader.list()
      return call(reader, span, name, list, open)
    }
  }
}

function call(
  reader: TokenReader,
  from: Span,
  name: string,
  list: readonly Expression[],
  open?: Token
): Expression {
  const where = open === undefined ? `to close ${name}` : `or a comma to go on with ${excerpt(name)}`
  reader.expectSymbol(")", where)
  return reader.node({ kind: "call", name, arguments: list, span: reader.spanFrom(from) })
}

function parseCast(reader: TokenReader, from: Span, safe: boolean): Expression {
  const operand = reader.condition()
  reader.expectWord("AS", "and a type in CAST")
  const target = parseCastTarget(reader)
  reader.expectSymbol(")", "to close CAST")
  return reader.node({ kind: "cast", operand, target, safe, span: reader.spanFrom(from) })
}

function parseExtract(reader: TokenReader, from: Span): Expression {
  const word = reader.next()
  const unit = extractUnits.find((name) => name === word.text.toUpperCase())
  if (unit === undefined || word.type !== "name") {
    const hint = `use one of ${extractUnits.join(", ")}`
    reader.stop("EXPRESSION_SYNTAX", `${describe(word)} is not a part of a date or time`, word.span, hint)
  }
  reader.expectWord("FROM", "after the unit of EXTRACT")
  const operand = reader.condition()
  reader.expectSymbol(")", "to close EXTRACT")
  return reader.node({ kind: "extract", unit, operand, span: reader.spanFrom(from) })
}

function describe(token: Token): string {
  return token.text === "" ? "this" : excerpt(token.text)
}

/** TRIM(s), TRIM(x FROM s), TRIM(LEADING FROM s), TRIM(LEADING x FROM s). */
function parseTrim(reader: TokenReader, from: Span): Expression {
  const side = parseSide(reader)
  const finish = (operand: Expression, characters?: Expression) => {
    reader.expectSymbol(")", "to close TRIM")
    const set = characters === undefined ? {} : { characters }
    return reader.node({ kind: "trim", side: side ?? "BOTH", ...set, operand, span: reader.spanFrom(from) })
  }
  if (side !== undefined && reader.takeWord("FROM")) return finish(reader.condition())
  const first = reader.condition()
  if (reader.takeWord("FROM")) return finish(reader.condition(), first)
  return side === undefined ? finish(first) : reader.unexpected("FROM in TRIM")
}

/** LEADING and its kind are fields where no operand can follow: `TRIM(leading)`. */
function parseSide(reader: TokenReader): TrimNode["side"] | undefined {
  const after = reader.peek(1)
  if (after.type === "symbol" && after.text !== "(") return undefined
  for (const side of ["BOTH", "LEADING", "TRAILING"] as const) if (reader.takeWord(side)) return side
  return undefined
}

function parsePosition(reader: TokenReader, from: Span): Expression {
  const needle = reader.concat()
  reader.expectWord("IN", "between the two strings of POSITION")
  return call(reader, from, "POSITION", [needle, reader.condition()])
}

/** SUBSTRING(s, start [, length]) and SUBSTRING(s FROM start [FOR length]). */
function parseSubstring(reader: TokenReader, from: Span): Expression {
  const list = [reader.condition()]
  if (reader.takeWord("FROM")) {
    list.push(reader.condition())
    if (reader.takeWord("FOR")) list.push(reader.condition())
  } else while (reader.takeSymbol(",")) list.push(reader.condition())
  return call(reader, from, "SUBSTRING", list)
}
