import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { compileExpression } from "../index.ts"
import { expressionReference } from "../reference.ts"
import { typed } from "../testing/run-expression.ts"
import { sampleRow } from "../testing/sample-row.ts"

/** Every example with its first values replaced by fields, so that records and not constants go through each function. */
const texts = expressionReference
  .flatMap(({ entries }) => entries)
  .flatMap(({ example }) => {
    const strings = example.replace(/(?<![A-Z] |\[|, )'[^']*'/, "s")
    const numbers = example.replace(/(?<![\w'.:-])\d+(?![\w'.:-])/, "i")
    const moments = example.replace(/TIMESTAMP '[^']*'/, "at").replace(/DATE '[^']*'/, "day")
    return [strings, numbers, moments, example.replace(/ARRAY\[[^\]]*\]/, "list")]
  })
const compiles = (text: string) => {
  try {
    return [[text, compileExpression(typed(text))] as const]
  } catch {
    return []
  }
}
const compiled = [...new Set(texts)].flatMap(compiles)
const codes = /^EXPRESSION_(?:OVERFLOW|DIVISION_BY_ZERO|CAST|PATTERN|ARGUMENT|TEXT_TOO_LONG) at 1:\d+: /

describe("functions of hostile values", () => {
  it("are enough to mean something", () => {
    assert.isAbove(compiled.length, 200)
  })

  it("throw nothing but the declared errors, give the same again, and are NULL only where their type says so", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 30 }),
      fc.constantFrom(
        "",
        "{",
        '{"a":[[]]}',
        "[".repeat(5_000),
        "=",
        "%",
        "\ud800",
        "2020-02-30",
        "9".repeat(30),
        "-"
      )
    )
    const integer = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 2_147_483_647, -2_147_483_648))
    const row = fc.record({
      s: text,
      i: integer,
      day: fc.constantFrom(-719_162, 0, 2_932_896, 18_321),
      at: fc.constantFrom(-62_135_596_800_000, -1, 0, 253_402_300_799_999),
      list: fc.array(fc.option(integer), { maxLength: 4 })
    })
    fc.assert(
      fc.property(row, (changes) => {
        for (const [expression, run] of compiled) {
          const value = attempt(() => run(sampleRow(changes)))
          assert.deepEqual(
            attempt(() => run(sampleRow(changes))),
            value,
            expression
          )
          if (value === null) assert.isTrue(typed(expression).nullable, expression)
        }
      }),
      { numRuns: 40 }
    )
  })
})

function attempt(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    assert.match(error instanceof Error ? error.message : "", codes)
    return "refused"
  }
}
