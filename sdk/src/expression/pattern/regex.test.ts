import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { compileExpression } from "../index.ts"
import { run, typed } from "../testing/run-expression.ts"
import { sampleRow } from "../testing/sample-row.ts"
import { compileRegex } from "./regex-program.ts"

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`
const on = (s: string) => sampleRow({ s })

/** Patterns that JavaScript reads alike. A part that may be empty is not repeated: there the two differ in what groups keep. */
interface Piece {
  readonly text: string
  readonly mayBeEmpty: boolean
}
const atom = fc
  .constantFrom("a", "b", "é", "😀", ".", "[ab]", "[^a]", "[a-cé]", "\\d", "\\w", "\\s", "\\.")
  .map((text): Piece => ({ text, mayBeEmpty: false }))
const anchor = fc.constantFrom("^", "$", "\\b", "\\B").map((text): Piece => ({ text, mayBeEmpty: true }))
const piece: fc.Arbitrary<Piece> = fc.letrec<{ piece: Piece; quantified: Piece; group: Piece }>((tie) => ({
  piece: fc.oneof({ maxDepth: 3, depthIdentifier: "p" }, atom, atom, anchor, tie("quantified"), tie("group")),
  quantified: fc
    .tuple(
      fc.oneof(atom, tie("group")),
      fc.constantFrom("*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?")
    )
    .map(([item, suffix]) =>
      item.mayBeEmpty ? item : { text: item.text + suffix, mayBeEmpty: /^(?:\*|\?|\{0)/.test(suffix) }
    ),
  group: fc
    .tuple(
      fc.constantFrom("(", "(?:"),
      fc.array(fc.array(tie("piece"), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 })
    )
    .map(([open, choices]) => ({
      text: `${open}${choices.map((items) => items.map(({ text }) => text).join("")).join("|")})`,
      mayBeEmpty: choices.some((items) => items.every(({ mayBeEmpty }) => mayBeEmpty))
    }))
})).piece
const pattern = fc
  .array(piece, { minLength: 1, maxLength: 4 })
  .map((list) => list.map(({ text }) => text).join(""))
const subject = fc.string({
  unit: fc.constantFrom("a", "b", "c", "é", "😀", "1", " ", "\n", "."),
  maxLength: 12
})

describe("regular expressions", () => {
  it("find what JavaScript's find", () => {
    fc.assert(
      fc.property(pattern, subject, (text, value) => {
        const native = new RegExp(text, "u")
        const found = native.exec(value)
        const row = on(value)
        assert.strictEqual(run(`REGEXP(s, ${quote(text)})`, row), found !== null)
        assert.strictEqual(run(`REGEXP_SUBSTR(s, ${quote(text)})`, row), found === null ? null : found[0])
        const count = [...value.matchAll(new RegExp(text, "gu"))].length
        assert.strictEqual(run(`REGEXP_COUNT(s, ${quote(text)})`, row), count)
        const replaced = value.replaceAll(new RegExp(text, "gu"), () => "<>")
        assert.strictEqual(run(`REGEXP_REPLACE(s, ${quote(text)}, '<>')`, row), replaced)
        const place = found === null ? 0 : Array.from(value.slice(0, found.index)).length + 1
        assert.strictEqual(run(`REGEXP_INSTR(s, ${quote(text)})`, row), place)
      }),
      { numRuns: Number(process.env["EXPRESSION_RUNS"] ?? 300) }
    )
  })

  it.each([
    ["(a+)+$", "a".repeat(5_000) + "b"],
    ["(a|a)*c", "a".repeat(5_000)],
    ["(.*)(.*)(.*)(.*)x", "a".repeat(5_000)],
    ["(a?){30}a{30}", "a".repeat(30)]
  ])("take linear time for %s, which ruins a backtracking matcher", (text, value) => {
    const matches = compileExpression(typed(`REGEXP(s, '${text}')`))
    assert.strictEqual(matches(on(value)), text.endsWith("{30}"))
  })

  it.each([
    ["REGEXP_EXTRACT('2020-01', '(\\d+)-(\\d+)', 1)", "2020"],
    ["REGEXP_EXTRACT('ab', '(a)|(b)', 2)", null],
    ["REGEXP_EXTRACT('ab', '(?<first>a)b', 1)", "a"],
    ["REGEXP_REPLACE('ab', '(a)(b)', '$2$1')", "ba"],
    ["REGEXP_REPLACE('ab', 'a', '\\$\\\\')", "$\\b"],
    ["REGEXP_REPLACE('ab', '(a)', '$10')", "a0b"],
    ["REGEXP('ABC', '(?i)abc')", true],
    ["REGEXP('ABC', '(?i:a)bc')", false],
    ["REGEXP('É', '(?i)é')", true],
    ["REGEXP('a\nb', '^b$')", false],
    ["REGEXP('a\nb', '(?m)^b$')", true],
    ["REGEXP('a\nb', 'a.b')", false],
    ["REGEXP('a\nb', '(?s)a.b')", true],
    ["REGEXP('', '')", true],
    ["REGEXP_COUNT('abc', '')", 4],
    ["REGEXP_EXTRACT(ns, 'a')", null],
    ["REGEXP(s, NULL)", null]
  ])("%s", (text, result) => {
    assert.deepEqual(run(text), result)
  })

  it.each([
    ["'abc' SIMILAR TO 'a%'", true],
    ["'abc' SIMILAR TO 'a'", false],
    ["'abc' SIMILAR TO 'a(b|c)+'", true],
    ["'abc' SIMILAR TO '_{3}'", true],
    ["'a%' SIMILAR TO 'a!%' ESCAPE '!'", true],
    ["'ab' SIMILAR TO 'a!%' ESCAPE '!'", false],
    ["'x42' SIMILAR TO '[[:ALPHA:]][[:DIGIT:]]*'", true],
    ["'x-' SIMILAR TO 'x[^a-z]'", true],
    ["'a.c' NOT SIMILAR TO 'a.c'", false],
    ["'abc' SIMILAR TO 'a.c'", false],
    ["ns SIMILAR TO 'a'", null]
  ])("%s", (text, result) => {
    assert.strictEqual(run(text), result)
  })

  it("are refused where they cannot be matched in bounded time or room", () => {
    const problem = (text: string) => {
      const result = compileRegex(text)
      return "problem" in result ? result.problem : assert.fail(text)
    }
    assert.include(problem("(a)\\1"), "back references")
    assert.include(problem("a(?=b)"), "look-around")
    assert.include(problem("(?<!a)b"), "look-around")
    assert.include(problem("(((a{99}){99}){99}){99}"), "too large")
    assert.include(problem("(?:(?:(?:(?:){999}){999}){999}){999}"), "repeats too much")
    assert.include(problem("(".repeat(60) + ")".repeat(60)), "nest at most")
    assert.include(problem("a".repeat(1_001)), "1000 characters")
    assert.include(problem("a++"), "possessive")
  })

  it("never throw, whatever the pattern", () => {
    const text = fc.string({
      unit: fc.constantFrom(..."ab()[]{}|*+?^$.\\-,:<>=!dwPu012i\"'&".split("")),
      maxLength: 14
    })
    fc.assert(
      fc.property(text, subject, (any, value) => {
        const result = compileRegex(any)
        if ("ok" in result) run(`REGEXP_COUNT(s, ${quote(any)})`, on(value))
      }),
      { numRuns: 2_000 }
    )
  })
})
