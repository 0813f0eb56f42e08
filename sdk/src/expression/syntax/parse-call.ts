import { excerpt, type Span } from "../expression-error.ts"
import { extractUnits, intervalUnits, type Expression, type KeywordNode, type TrimNode } from "./ast.ts"
import { parseCastTarget } from "./parse-cast-target.ts"
import { parseJson } from "./parse-json.ts"
import type { Token } from "./token.ts"
import type { TokenReader } from "./token-reader.ts"

/** A function's call, its name and parenthesis next; some have words between their arguments. */
export function parseCall(reader: TokenReader, name: string): Expression {
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
    case "OVERLAY":
      return parseOverlay(reader, span)
    case "FLOOR":
    case "CEIL":
    case "CEILING":
      return parseRounding(reader, span, name, open)
    case "TIMESTAMPADD":
    case "TIMESTAMPDIFF":
      return parseUnitFirst(reader, span, name)
    case "JSON_VALUE":
    case "JSON_QUERY":
    case "JSON_EXISTS":
      return parseJson(reader, span, name)
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

/** OVERLAY(s PLACING r FROM start [FOR length]), also with commas. */
function parseOverlay(reader: TokenReader, from: Span): Expression {
  const list = [reader.condition()]
  if (reader.takeWord("PLACING")) {
    list.push(reader.condition())
    reader.expectWord("FROM", "before the position of OVERLAY")
    list.push(reader.condition())
    if (reader.takeWord("FOR")) list.push(reader.condition())
  } else while (reader.takeSymbol(",")) list.push(reader.condition())
  return call(reader, from, "OVERLAY", list)
}

/** FLOOR(number) and FLOOR(timestamp TO unit). */
function parseRounding(reader: TokenReader, from: Span, name: string, open: Token): Expression {
  const list: Expression[] = reader.isSymbol(")") ? [] : [...reader.list()]
  if (list.length === 1 && reader.takeWord("TO")) list.push(parseUnit(reader))
  return call(reader, from, name, list, open)
}

function parseUnitFirst(reader: TokenReader, from: Span, name: string): Expression {
  const unit = parseUnit(reader)
  reader.expectSymbol(",", `after the unit of ${name}`)
  return call(reader, from, name, [unit, ...reader.list()])
}

function parseUnit(reader: TokenReader): KeywordNode {
  const word = reader.next()
  const unit = intervalUnits.find((name) => name === word.text.toUpperCase())
  if (unit === undefined || word.type !== "name") {
    const hint = `use one of ${intervalUnits.join(", ")}`
    return reader.stop("EXPRESSION_SYNTAX", `${describe(word)} is not a unit of time`, word.span, hint)
  }
  return reader.node({ kind: "keyword", word: unit, span: word.span })
}
