import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { mistakes, run } from "../testing/run-expression.ts"
import { sampleRow } from "../testing/sample-row.ts"

/** LIKE by its definition, in exponential time. */
function matches(text: readonly string[], pattern: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return text.length === 0
  if (first === "%") return text.some((_, at) => matches(text.slice(at), rest)) || matches([], rest)
  return text.length > 0 && (first === "_" || first === text[0]) && matches(text.slice(1), rest)
}

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`

describe("LIKE", () => {
  it.each([
    ["abc", "abc", true],
    ["abc", "a%", true],
    ["abc", "%c", true],
    ["abc", "%b%", true],
    ["abc", "_b_", true],
    ["abc", "__", false],
    ["", "%", true],
    ["", "", true],
    ["", "_", false],
    ["aa", "a%a%a", false],
    ["aXbXc", "a%X%c", true],
    ["a😀c", "a_c", true],
    ["a😀c", "a__c", false],
    ["A", "a", false],
    ["a\nb", "a%b", true],
    ["a.b", "a.b", true],
    ["axb", "a.b", false]
  ])("holds %j against %j: %s", (text, pattern, result) => {
    assert.strictEqual(run(`ns LIKE ${quote(pattern)}`, sampleRow({ ns: text })), result)
    assert.strictEqual(run(`ns NOT LIKE ${quote(pattern)}`, sampleRow({ ns: text })), !result)
    assert.strictEqual(run("s LIKE ns", sampleRow({ s: text, ns: pattern })), result)
  })

  it("escapes what the escape character stands before", () => {
    assert.isTrue(run("'50%' LIKE '__!%' ESCAPE '!'"))
    assert.isFalse(run("'501' LIKE '__!%' ESCAPE '!'"))
    assert.isTrue(run("'a!b' LIKE 'a!!b' ESCAPE '!'"))
    assert.isTrue(run("'a_b' LIKE ns ESCAPE '\\'", sampleRow({ ns: "a\\_b" })))
    assert.isTrue(run("'a\\b' LIKE 'a\\b'"))
  })

  it("is NULL when an operand is", () => {
    assert.isNull(run("ns LIKE 'a'"))
    assert.isNull(run("s LIKE ns"))
    assert.isNull(run("s LIKE NULL"))
    assert.isNull(run("s LIKE 'a' ESCAPE ns"))
  })

  it.each([
    ["s LIKE 'a!b' ESCAPE '!'", "after the escape ! a pattern has %, _ or !"],
    ["s LIKE 'a!' ESCAPE '!'", "after the escape ! a pattern has %, _ or !"],
    ["s LIKE 'a' ESCAPE 'xy'", "the escape of LIKE is one character"],
    ["s LIKE 'a' ESCAPE ''", "the escape of LIKE is one character"],
    [`s LIKE '${"a".repeat(4_097)}'`, "a pattern has at most 4096 characters"],
    ["i LIKE 'a'", "LIKE needs strings, here INT"]
  ])("refuses %j", (text, message) => {
    assert.include(mistakes(text)[0], message)
  })

  it("does as its definition says", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "😀"), maxLength: 9 })
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "😀", "%", "_"), maxLength: 7 })
    fc.assert(
      fc.property(word, pattern, (text, like) => {
        const expected = matches(Array.from(text), Array.from(like))
        assert.strictEqual(run(`s LIKE ${quote(like)}`, sampleRow({ s: text })), expected)
      }),
      { numRuns: 2_000 }
    )
  })

  it("finds pieces with _ that are longer than a machine word", () => {
    const piece = `${"ab".repeat(40)}_${"c".repeat(40)}`
    const text = `${"ab".repeat(60)}x${"c".repeat(40)}`
    assert.isTrue(run(`s LIKE '%${piece}%'`, sampleRow({ s: `zz${text}zz` })))
    assert.isTrue(run(`s LIKE '%${piece}%'`, sampleRow({ s: text })))
    assert.isFalse(run(`s LIKE '%${piece}%'`, sampleRow({ s: text.slice(0, -1) })))
  })

  it.each([
    ["%a%a%a%a%a%a%a%a%a%a%b", "a".repeat(200_000)],
    [`%${"a_".repeat(200)}b%`, "a".repeat(200_000)],
    [`%${"a".repeat(2_000)}b%`, "a".repeat(200_000)],
    [`%${"_".repeat(4_000)}b`, "a".repeat(200_000)]
  ])("does not blow up on %s", (pattern, text) => {
    const started = performance.now()
    assert.isFalse(run("s LIKE ns", sampleRow({ s: text, ns: pattern })))
    assert.isBelow(performance.now() - started, 3_000)
  })
})
