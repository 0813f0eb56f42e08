import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { compileExpression, formatExpression } from "./index.ts"
import { decimalText, evaluateTree, Refused, type Value } from "./testing/evaluate-tree.ts"
import { printTree } from "./testing/print-tree.ts"
import { parsed, typed, withoutSpans } from "./testing/run-expression.ts"
import { treeRow, trees, treeSchema, treeTypes } from "./testing/tree.ts"

const anyTree = fc.constantFrom(...treeTypes).chain((type) => trees(4)(type))
const numRuns = Number(process.env["EXPRESSION_RUNS"] ?? 400)

/** Both sides as text: `-0` is `0`, decimals have no trailing zeros. */
function shown(value: unknown): string {
  if (typeof value === "string" && /^-?[0-9]+\.[0-9]+$/.test(value)) return value.replace(/\.?0+$/, "")
  return typeof value === "number" ? String(value + 0) : String(value)
}

function expected(value: Value): unknown {
  return value !== null && typeof value === "object" ? decimalText(value) : value
}

function attempt(run: () => unknown): string {
  try {
    return shown(run())
  } catch (error) {
    if (error instanceof Refused) return "refused"
    if (error instanceof Error && /^EXPRESSION_(OVERFLOW|DIVISION_BY_ZERO|CAST) at /.test(error.message))
      return "refused"
    throw error
  }
}

describe("expressions in general", () => {
  it("are the same after formatting and parsing again", () => {
    fc.assert(
      fc.property(anyTree, (tree) => {
        const expression = parsed(printTree(tree, "millrace"))
        const text = formatExpression(expression)
        assert.deepEqual(withoutSpans(parsed(text)), withoutSpans(expression))
        assert.strictEqual(formatExpression(parsed(text)), text)
      }),
      { numRuns }
    )
  })

  it("give what a plain walk over the tree gives", () => {
    fc.assert(
      fc.property(anyTree, fc.array(treeRow, { minLength: 3, maxLength: 6 }), (tree, rows) => {
        const text = printTree(tree, "millrace")
        const compiled = compileExpression(typed(text, treeSchema))
        for (const row of rows) {
          assert.strictEqual(
            attempt(() => compiled(row)),
            attempt(() => expected(evaluateTree(tree, row))),
            `${text} on ${JSON.stringify(row)}`
          )
        }
      }),
      { numRuns: 3 * numRuns }
    )
  })

  it("are never NULL when their type says so", () => {
    fc.assert(
      fc.property(anyTree, treeRow, (tree, row) => {
        const expression = typed(printTree(tree, "millrace"), treeSchema)
        if (expression.nullable) return
        assert.notStrictEqual(
          attempt(() => compileExpression(expression)(row)),
          "null"
        )
      }),
      { numRuns }
    )
  })
})
