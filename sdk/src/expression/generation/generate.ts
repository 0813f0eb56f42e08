import type { Core } from "../core.ts"
import type { TypedExpression } from "../typing/check-expression.ts"
import { Emitter } from "./emitter.ts"
import { emit, emitRaw } from "./emit-core.ts"

/**
 * The JavaScript text of a function `(row) => value`, which needs nothing around it: no imports, no globals but the language's.
 * Row and value are as in codec/view.ts; NULL and UNKNOWN are null. The function throws an Error whose `code` (also the start of
 * its message) is EXPRESSION_OVERFLOW, _DIVISION_BY_ZERO, _CAST, _ARGUMENT, _PATTERN, _TEXT_TOO_LONG or _VALUE, with line and column in the
 * expression. It keeps no state: the same row gives the same value. Names and strings of the author stand in it as JSON only.
 * One that gives a DECIMAL has its number of fraction digits as `scale`: its values are text, as those of a STRING are.
 */
export function generateExpression(typed: TypedExpression): string {
  const emitter = new Emitter()
  const text = emitter.finish(emitResult(emitter, typed.core))
  const { type } = typed.core
  return type.kind === "decimal" ? `Object.assign(${text}, { scale: ${type.scale} })` : text
}

/** A DECIMAL leaves as text; one that is only passed on was never anything else. */
function emitResult(emitter: Emitter, core: Core): string {
  const { type } = core
  if (core.op === "column" || core.op === "member" || core.op === "item") return emitRaw(emitter, core)
  const value = emitter.atom(emit(emitter, core))
  if (type.kind !== "decimal") return value
  emitter.need("decimalToText")
  const text = `decimalToText(${value}, ${type.scale})`
  return core.nullable ? `${value} === null ? null : ${text}` : text
}
