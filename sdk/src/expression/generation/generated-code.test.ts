import { createContext, runInContext } from "node:vm"
import { assert, describe, it } from "vitest"
import { generateExpression } from "../index.ts"
import { run, typed } from "../testing/run-expression.ts"
import { sampleRow } from "../testing/sample-row.ts"

describe("errors of a record", () => {
  it.each([
    ["i / (i - 7)", "EXPRESSION_DIVISION_BY_ZERO at 1:1"],
    ["1 + p % (p - p)", "EXPRESSION_DIVISION_BY_ZERO at 1:5"],
    ["p / 0", "EXPRESSION_DIVISION_BY_ZERO"],
    ["w / (w - w)", "EXPRESSION_DIVISION_BY_ZERO"],
    ["l % 0", "EXPRESSION_DIVISION_BY_ZERO"],
    ["2147483647 + i", "EXPRESSION_OVERFLOW at 1:1"],
    ["-2147483648 - i", "EXPRESSION_OVERFLOW"],
    ["-(-2147483647 - 1)", "EXPRESSION_OVERFLOW"],
    ["(-2147483647 - 1) / -1", "EXPRESSION_OVERFLOW"],
    ["ABS(-2147483647 - 1)", "EXPRESSION_OVERFLOW"],
    ["l * l", "EXPRESSION_OVERFLOW"],
    ["ROUND(2147483647, -1)", "EXPRESSION_OVERFLOW"],
    ["w * w", "EXPRESSION_OVERFLOW"],
    ["9223372036854775807 + 1", "EXPRESSION_OVERFLOW"],
    ["CAST(9223372036854775808 AS DECIMAL(38, 0)) * 99999999999999999999", "EXPRESSION_OVERFLOW"],
    ["CAST('x' AS INT)", 'EXPRESSION_CAST at 1:1: "x" is not a valid INT'],
    ["i = 7 AND CAST(s AS INT) = 1", "EXPRESSION_CAST at 1:11"],
    ["CAST(1e10 AS INT)", "EXPRESSION_CAST"],
    ["CAST(p AS DECIMAL(2, 1))", "EXPRESSION_CAST"],
    ["CAST(l * 2 AS INT)", "EXPRESSION_CAST"],
    ["CAST(w AS INT)", "EXPRESSION_CAST"],
    ["s LIKE '%x!' || 'y' ESCAPE '!'", "EXPRESSION_PATTERN at 1:1"],
    ["s LIKE s ESCAPE s", "EXPRESSION_PATTERN"]
  ])("%s throws %s", (text, message) => {
    assert.throws(() => run(text), message)
  })

  it("carry their code", () => {
    try {
      run("i / 0")
      assert.fail("must throw")
    } catch (error) {
      assert.propertyVal(error, "code", "EXPRESSION_DIVISION_BY_ZERO")
    }
  })

  it("come before a text grows without bound", () => {
    const doubled = (text: string) => `REPLACE(${text}, 'a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')`
    assert.throws(() => run(doubled(doubled(doubled(doubled(doubled("'a'")))))), "EXPRESSION_TEXT_TOO_LONG")
    const row = sampleRow({ s: "a".repeat(9_000_000) })
    assert.throws(() => run("s || s", row), "EXPRESSION_TEXT_TOO_LONG")
  })

  it("name a decimal that is not as the codec gives it", () => {
    assert.throws(() => run("p + 1", sampleRow({ p: "12.3" })), "EXPRESSION_VALUE")
  })
})

describe("generated code", () => {
  it("is for a plain condition as short as by hand", () => {
    assert.notInclude(generateExpression(typed("i = 7 AND b")), "function")
    assert.include(generateExpression(typed("i = 7 AND b")), "return v")
  })

  it("needs nothing around it but the language, and no eval", () => {
    const context = createContext({}, { codeGeneration: { strings: false, wasm: false } })
    const texts = [
      "CAST(at AS STRING) || CAST(d AS STRING) || CAST(p / 3 AS STRING)",
      "s LIKE '%l_o%' AND ns IS NULL AND TRIM(s) = s",
      "GREATEST(ROUND(d, 1), WEEK(day)) > w",
      "CAST('2020-01-01T00:00Z' AS TIMESTAMP) < at"
    ]
    for (const text of texts) {
      const guest: unknown = runInContext(generateExpression(typed(text)), context)
      assert.strictEqual(typeof guest === "function" ? guest(sampleRow()) : undefined, run(text), text)
    }
  })

  it("does not grow with nested values that are used twice", () => {
    const nest = (text: string, depth: number): string =>
      depth === 0 ? text : nest(`NULLIF(${text}, 'x')`, depth - 1)
    assert.isBelow(generateExpression(typed(nest("UPPER(s)", 60))).length, 20_000)
    const between = (depth: number): string =>
      depth === 0 ? "i" : `CASE WHEN ABS(${between(depth - 1)}) BETWEEN 1 AND 9 THEN 1 ELSE 2 END`
    assert.isBelow(generateExpression(typed(between(20))).length, 20_000)
  })

  it("takes the largest conditions", () => {
    const many = Array.from({ length: 2_000 }, (_, index) => `ni = ${index}`).join(" OR ")
    assert.strictEqual(run(many, sampleRow({ ni: 1_999 })), true)
    const list = Array.from({ length: 6_000 }, (_, index) => `'x${index}'`).join(", ")
    assert.strictEqual(run(`s IN (${list})`, sampleRow({ s: "x5999" })), true)
    const concat = Array.from({ length: 9_000 }, () => "ns").join(" || ")
    assert.strictEqual(run(concat, sampleRow({ ns: "a" })), "a".repeat(9_000))
    const whens = Array.from({ length: 3_000 }, (_, index) => `WHEN ${index} THEN ${index + 1}`).join(" ")
    assert.strictEqual(run(`CASE ni ${whens} END`, sampleRow({ ni: 2_999 })), 3_000)
  })
})
