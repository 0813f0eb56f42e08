import type { Span } from "../expression-error.ts"
import type { ComparisonOperator, Expression } from "./ast.ts"
import type { TokenReader } from "./token-reader.ts"

/*
 * From loose to tight: OR, AND, NOT, IS tests, comparisons, BETWEEN / IN / LIKE, ||, + -, * / %, unary - +, member and
 * index. As PostgreSQL has it; neither comparisons nor BETWEEN / IN / LIKE chain.
 */

/** A whole expression. */
export function parseCondition(reader: TokenReader): Expression {
  return parseChain(reader, "or")
}

function parseChain(reader: TokenReader, kind: "or" | "and"): Expression {
  const parseOperand = () => (kind === "or" ? parseChain(reader, "and") : parseNot(reader))
  const first = parseOperand()
  const word = kind.toUpperCase()
  if (!reader.isWord(word)) return first
  const operands = [first]
  while (reader.takeWord(word)) operands.push(parseOperand())
  return reader.node({ kind, operands, span: reader.spanFrom(first.span) })
}

function parseNot(reader: TokenReader): Expression {
  if (!reader.isWord("NOT")) return parseIs(reader)
  const { span } = reader.next()
  const operand = reader.nested(() => parseNot(reader))
  return reader.node({ kind: "not", operand, span: reader.spanFrom(span) })
}

function parseIs(reader: TokenReader): Expression {
  let operand = parseComparison(reader)
  while (reader.takeWord("IS")) {
    const negated = reader.takeWord("NOT")
    operand = reader.takeWord("DISTINCT")
      ? parseDistinct(reader, operand, negated)
      : parseTest(reader, operand, negated)
  }
  return operand
}

const jsonForms = ["VALUE", "SCALAR", "ARRAY", "OBJECT"] as const

function parseTest(reader: TokenReader, operand: Expression, negated: boolean): Expression {
  for (const test of ["NULL", "TRUE", "FALSE", "UNKNOWN"] as const) {
    if (reader.takeWord(test)) {
      return reader.node({ kind: "is", operand, test, negated, span: reader.spanFrom(operand.span) })
    }
  }
  if (reader.takeWord("JSON")) {
    const word = jsonForms.find((form) => reader.takeWord(form)) ?? "VALUE"
    return reader.node({
      kind: "is",
      operand,
      test: `JSON ${word}`,
      negated,
      span: reader.spanFrom(operand.span)
    })
  }
  return reader.unexpected("NULL, TRUE, FALSE, UNKNOWN, JSON or DISTINCT FROM after IS")
}

function parseDistinct(reader: TokenReader, left: Expression, negated: boolean): Expression {
  reader.expectWord("FROM", "after DISTINCT")
  const right = parseComparison(reader)
  return reader.node({ kind: "distinct", left, right, negated, span: reader.spanFrom(left.span) })
}

const comparisons: ReadonlyMap<string, ComparisonOperator> = new Map([
  ["=", "="],
  ["<>", "<>"],
  ["!=", "<>"],
  ["<", "<"],
  ["<=", "<="],
  [">", ">"],
  [">=", ">="]
])

function comparisonAt(reader: TokenReader): ComparisonOperator | undefined {
  return reader.token.type === "symbol" ? comparisons.get(reader.token.text) : undefined
}

function parseComparison(reader: TokenReader): Expression {
  const left = parsePredicate(reader)
  const operator = comparisonAt(reader)
  if (operator === undefined) return left
  reader.next()
  const right = parsePredicate(reader)
  if (comparisonAt(reader) !== undefined) {
    const hint = "join two comparisons with AND, or use BETWEEN"
    reader.stop("EXPRESSION_SYNTAX", "comparisons do not chain", reader.token.span, hint)
  }
  return reader.node({ kind: "comparison", operator, left, right, span: reader.spanFrom(left.span) })
}

function parsePredicate(reader: TokenReader): Expression {
  const operand = reader.concat()
  const negated = reader.isWord("NOT") && reader.isWordAt(1, "BETWEEN", "IN", "LIKE", "SIMILAR")
  if (negated) reader.next()
  if (reader.takeWord("BETWEEN")) return parseBetween(reader, operand, negated)
  if (reader.takeWord("IN")) return parseIn(reader, operand, negated)
  if (reader.takeWord("LIKE")) return parseLike(reader, operand, negated, false)
  if (reader.isWord("SIMILAR") && reader.isWordAt(1, "TO")) {
    reader.next()
    reader.next()
    return parseLike(reader, operand, negated, true)
  }
  return operand
}

function parseBetween(reader: TokenReader, operand: Expression, negated: boolean): Expression {
  const symmetric = takesBound(reader) && reader.takeWord("SYMMETRIC")
  if (!symmetric && takesBound(reader)) reader.takeWord("ASYMMETRIC")
  const low = reader.concat()
  reader.expectWord("AND", "between the bounds of BETWEEN")
  const high = reader.concat()
  const span = reader.spanFrom(operand.span)
  return reader.node({ kind: "between", operand, low, high, symmetric, negated, span })
}

/** SYMMETRIC is a field where no bound can follow: `x BETWEEN symmetric AND y`. */
function takesBound(reader: TokenReader): boolean {
  const after = reader.peek(1)
  return !reader.isWordAt(1, "AND") && (after.type !== "symbol" || ["(", "-", "+"].includes(after.text))
}

function parseIn(reader: TokenReader, operand: Expression, negated: boolean): Expression {
  const open = reader.expectSymbol("(", "after IN")
  if (reader.isSymbol(")")) reader.stop("EXPRESSION_SYNTAX", "an IN list must not be empty", open.span)
  const list = reader.list()
  reader.expectSymbol(")", "after the list of IN")
  return reader.node({ kind: "in", operand, list, negated, span: reader.spanFrom(operand.span) })
}

function parseLike(reader: TokenReader, operand: Expression, negated: boolean, similar: boolean): Expression {
  const pattern = reader.concat()
  const escape = reader.takeWord("ESCAPE") ? { escape: reader.concat() } : {}
  const span: Span = reader.spanFrom(operand.span)
  return reader.node({ kind: "like", similar, operand, pattern, ...escape, negated, span })
}
