import { generateExpression } from "./generation/generate.ts"
import type { TypedExpression } from "./typing/check-expression.ts"

/**
 * Compiles on the host, in its own realm. Safe for text of anyone: what runs is generated from a checked tree, in which names
 * and strings are JSON literals. Throws at each call what `generateExpression` names; never while compiling.
 */
export function compileExpression(typed: TypedExpression): (row: unknown) => unknown {
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is ours, see above
  return new Function(`return ${generateExpression(typed)}`)() as (row: unknown) => unknown
}
