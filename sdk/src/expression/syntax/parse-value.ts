import type { ArithmeticOperator, Expression } from "./ast.ts"
import { parsePrimary } from "./parse-primary.ts"
import type { TokenReader } from "./token-reader.ts"

/** Whatever binds tighter than a predicate: `||`, arithmetic, members. */
export function parseConcat(reader: TokenReader): Expression {
  const first = parseAdditive(reader)
  if (!reader.isSymbol("||")) return first
  const operands = [first]
  while (reader.takeSymbol("||")) operands.push(parseAdditive(reader))
  return reader.node({ kind: "concat", operands, span: reader.spanFrom(first.span) })
}

const additive: ReadonlyMap<string, ArithmeticOperator> = new Map([
  ["+", "+"],
  ["-", "-"]
])
const multiplicative: ReadonlyMap<string, ArithmeticOperator> = new Map([
  ["*", "*"],
  ["/", "/"],
  ["%", "%"]
])

function parseAdditive(reader: TokenReader): Expression {
  return parseLeft(reader, additive, () => parseLeft(reader, multiplicative, () => parseUnary(reader)))
}

function parseLeft(
  reader: TokenReader,
  operators: ReadonlyMap<string, ArithmeticOperator>,
  parseOperand: () => Expression
): Expression {
  let left = parseOperand()
  for (;;) {
    const operator = reader.token.type === "symbol" ? operators.get(reader.token.text) : undefined
    if (operator === undefined) return left
    reader.next()
    const right = parseOperand()
    left = reader.node({ kind: "arithmetic", operator, left, right, span: reader.spanFrom(left.span) })
  }
}

function parseUnary(reader: TokenReader): Expression {
  const { span } = reader.token
  if (reader.takeSymbol("-")) {
    const operand = reader.nested(() => parseUnary(reader))
    return reader.node({ kind: "negate", operand, span: reader.spanFrom(span) })
  }
  if (reader.takeSymbol("+")) return reader.nested(() => parseUnary(reader))
  return parsePostfix(reader)
}

function parsePostfix(reader: TokenReader): Expression {
  let operand = parsePrimary(reader)
  for (;;) {
    const { span } = operand
    if (reader.takeSymbol(".")) {
      const name = parseMemberName(reader)
      operand = reader.node({ kind: "member", operand, name, span: reader.spanFrom(span) })
    } else if (reader.takeSymbol("[")) {
      const index = reader.condition()
      reader.expectSymbol("]", "after the index")
      operand = reader.node({ kind: "index", operand, index, span: reader.spanFrom(span) })
    } else return operand
  }
}

/** After a dot even a reserved word is a name. */
function parseMemberName(reader: TokenReader): string {
  const { type } = reader.token
  if (type !== "name" && type !== "quoted") reader.unexpected("a field's name after the dot")
  return reader.next().text
}
