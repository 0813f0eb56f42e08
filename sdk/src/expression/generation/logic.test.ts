import { assert, describe, it } from "vitest"
import { run } from "../testing/run-expression.ts"
import { sampleRow } from "../testing/sample-row.ts"

describe("three-valued logic", () => {
  const values = [true, false, null] as const
  const pairs = values.flatMap((x) => values.map((y) => [x, y] as const))

  it.each(pairs)("combines %s and %s by the truth tables", (x, y) => {
    // In each, the first row has both as nullable fields, the second as literals.
    const text = (value: boolean | null) => String(value).toUpperCase()
    const results = (operator: string) => [
      run(`nb ${operator} (np IS NOT NULL AND nd > 0)`, rowOf(x, y)),
      run(`${text(x)} ${operator} ${text(y)}`)
    ]
    const and = x === false || y === false ? false : x === null || y === null ? null : true
    const or = x === true || y === true ? true : x === null || y === null ? null : false
    assert.deepEqual(results("AND"), [and, and])
    assert.deepEqual(results("OR"), [or, or])
    assert.strictEqual(run(`${text(x)} IS DISTINCT FROM ${text(y)}`), x !== y)
    assert.strictEqual(run(`${text(x)} = ${text(y)}`), x === null || y === null ? null : x === y)
  })

  /** np IS NOT NULL AND nd > 0 is y. */
  function rowOf(x: boolean | null, y: boolean | null) {
    const nd = y === null ? null : y ? 1 : -1
    return sampleRow({ nb: x, np: "1.00", nd })
  }

  it.each([
    [true, false, true, false, false, true],
    [false, true, false, true, false, true],
    [null, null, false, false, true, false]
  ] as const)("tests %s", (value, negation, isTrue, isFalse, isUnknown, isKnown) => {
    const row = sampleRow({ nb: value })
    assert.strictEqual(run("NOT nb", row), negation)
    assert.strictEqual(run("nb IS TRUE", row), isTrue)
    assert.strictEqual(run("nb IS NOT TRUE", row), !isTrue)
    assert.strictEqual(run("nb IS FALSE", row), isFalse)
    assert.strictEqual(run("nb IS NOT FALSE", row), !isFalse)
    assert.strictEqual(run("nb IS UNKNOWN", row), isUnknown)
    assert.strictEqual(run("nb IS NOT UNKNOWN", row), isKnown)
    assert.strictEqual(run("nb IS NOT NULL", row), isKnown)
  })

  it("goes on after UNKNOWN, and stops at the first operand that decides", () => {
    assert.isFalse(run("nb AND b AND i = 8"))
    assert.isTrue(run("nb OR NOT b OR i = 7"))
    assert.throws(() => run("nb AND 1 / (i - 7) = 1"), /EXPRESSION_DIVISION_BY_ZERO/)
  })
})
