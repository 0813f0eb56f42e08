import { excerpt } from "../expression-error.ts"
import { intervalProblem } from "../interval-text.ts"
import { intervalUnits, type Expression, type IntervalUnit } from "./ast.ts"
import type { TokenReader } from "./token-reader.ts"

/** `INTERVAL '1' DAY`, `INTERVAL '1-6' YEAR TO MONTH`, `INTERVAL '1' DAY(3)`; the precision is not kept. */
export function parseInterval(reader: TokenReader): Expression {
  const { span: start } = reader.next()
  const { text } = reader.next()
  const from = parseUnit(reader)
  const to = reader.takeWord("TO") ? { to: parseUnit(reader) } : {}
  const span = reader.spanFrom(start)
  const problem = intervalProblem(text, from, to.to)
  if (problem !== undefined) {
    return reader.stop("EXPRESSION_LITERAL", `INTERVAL '${excerpt(text)}' is not valid`, span, problem)
  }
  return reader.node({ kind: "interval", text, from, ...to, span })
}

function parseUnit(reader: TokenReader): IntervalUnit {
  const unit = intervalUnits.find((name) => reader.isWord(name) || reader.isWord(`${name}S`))
  if (unit === undefined) return reader.unexpected(`a unit after INTERVAL: ${intervalUnits.join(", ")}`)
  reader.next()
  if (reader.takeSymbol("(")) {
    do {
      if (reader.token.type !== "number") reader.unexpected("a number of digits")
      reader.next()
    } while (reader.takeSymbol(","))
    reader.expectSymbol(")", "to close the precision")
  }
  return unit
}
