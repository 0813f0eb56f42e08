import { assert, describe, it } from "vitest"
import { formatExpression, maxTextLength, parseExpression } from "../index.ts"
import { mistakes, parsed } from "../testing/run-expression.ts"

const spellings: readonly (readonly [text: string, canonical: string])[] = [
  ["a or b and not c", "a OR b AND NOT c"],
  ["(a or b) and c", "(a OR b) AND c"],
  ["a and (b and c)", "a AND (b AND c)"],
  ["(a + b) * c", "(a + b) * c"],
  ["a + (b * c)", "a + b * c"],
  ["a - b - c", "a - b - c"],
  ["a - (b - c)", "a - (b - c)"],
  ["a * (b / c) % d", "a * (b / c) % d"],
  ["-a * b", "-a * b"],
  ["-(a * b)", "-(a * b)"],
  ["- - a", "- -a"],
  ["+a", "a"],
  ["a || b + c", "a || b + c"],
  ["(a || b) || c", "(a || b) || c"],
  ["a = b is null", "a = b IS NULL"],
  ["a = (b is null)", "a = (b IS NULL)"],
  ["not a = b", "NOT a = b"],
  ["(not a) = b", "(NOT a) = b"],
  ["a != b", "a <> b"],
  ["a is not distinct from b and c", "a IS NOT DISTINCT FROM b AND c"],
  ["a between 1 and 2 and b", "a BETWEEN 1 AND 2 AND b"],
  ["a not between b + 1 and c || d", "a NOT BETWEEN b + 1 AND c || d"],
  ["a in (1, (2), b or c)", "a IN (1, 2, b OR c)"],
  ["a like 'x!%' escape '!' or b", "a LIKE 'x!%' ESCAPE '!' OR b"],
  ["case when a then b else c end", "CASE WHEN a THEN b ELSE c END"],
  ["case a when 1 then 2 when 3 then 4 end", "CASE a WHEN 1 THEN 2 WHEN 3 THEN 4 END"],
  ["cast(a as decimal)", "CAST(a AS DECIMAL(10, 0))"],
  ["cast(a as numeric(5))", "CAST(a AS DECIMAL(5, 0))"],
  ["try_cast(a as timestamp)", "TRY_CAST(a AS TIMESTAMP(6))"],
  ["cast(a as double precision)", "CAST(a AS DOUBLE)"],
  ["extract(year from a)", "EXTRACT(YEAR FROM a)"],
  ["trim(both ' ' from a)", "TRIM(BOTH ' ' FROM a)"],
  ["trim(a)", "TRIM(a)"],
  ["trim(leading from a)", "TRIM(LEADING FROM a)"],
  ["trim('x' from a)", "TRIM(BOTH 'x' FROM a)"],
  ["position(a || b in c)", "POSITION(a || b IN c)"],
  ["substring(a from 1 for 2)", "SUBSTRING(a, 1, 2)"],
  ["lower ( a )", "LOWER(a)"],
  ["a.b.c[1]['k']", "a.b.c[1]['k']"],
  ["(a || b)[1]", "(a || b)[1]"],
  ['"a b" = `c``d`', "`a b` = `c``d`"],
  ["`plain` = `select`", "plain = `select`"],
  ["a.`from`", "a.`from`"],
  ["a.from", "a.`from`"],
  ["date '2020-01-31' > date", "DATE '2020-01-31' > date"],
  ["time '12:30' = time", "TIME '12:30' = time"],
  ["year + position", "year + position"],
  ["a -- to the end\n + /* and * this */ b", "a + b"],
  ["'it''s' || ''", "'it''s' || ''"],
  ["1 + 1.50 + .5 + 5. + 1e3", "1 + 1.50 + .5 + 5. + 1E3"]
]

describe("parsing", () => {
  it.each(spellings)("reads %j as %j", (text, canonical) => {
    assert.strictEqual(formatExpression(parsed(text)), canonical)
    assert.strictEqual(formatExpression(parsed(canonical)), canonical)
  })

  it.each([
    ["", "1:1 expected an expression, found the end of the expression"],
    ["a +", "1:4 expected a value, found the end of the expression"],
    ["a b", "1:3 expected an operator or the end, found b"],
    ["a)", "1:2 this ) closes nothing"],
    ["(a", "1:3 expected ) to close the parenthesis, found the end of the expression"],
    ["a\n  == 1", "2:3 == has no meaning here (equality is one =)"],
    ["a && b", "1:3 && has no meaning here (write AND; || joins strings)"],
    ["a::int", "1:2 :: has no meaning here (write CAST(value AS TYPE))"],
    ["a < b < c", "1:7 comparisons do not chain (join two comparisons with AND, or use BETWEEN)"],
    ["'open", "1:1 this string has no end (close it with ')"],
    ["/* open", "1:1 this comment has no end (close it with */)"],
    ["a in ()", "1:6 an IN list must not be empty"],
    ["case end", "1:6 expected a value, found end"],
    ["case a end", "1:8 expected WHEN, found end"],
    ["1x", "1:1 1x is not a number (a name that begins with a digit is written in `backticks`)"],
    ["date '2020-02-30'", "1:1 DATE '2020-02-30' is not valid (write DATE '2020-01-31')"],
    ["interval '1 day' day", "1:1 INTERVAL '1 day' is not valid (write INTERVAL '1' DAY)"],
    [
      "interval '1' dog",
      "1:14 expected a unit after INTERVAL: YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND, found dog"
    ],
    [
      "interval '1-12' year to month",
      "1:1 INTERVAL '1-12' is not valid (write INTERVAL '1-6' YEAR TO MONTH)"
    ],
    ["array[]", "1:7 ARRAY[] must not be empty (an empty one has no type; write NULL, or a value)"],
    ["map['a']", "1:1 the last key of MAP has no value (write MAP[key, value, …])"],
    [
      "timestampadd(dog, 1, a)",
      "1:14 dog is not a unit of time (use one of YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND)"
    ],
    ["json_value(a, b)", "1:15 a JSON path is a string (the path is known before a record is: '$.price')"],
    ["json_value(a, '$' 1)", "1:19 expected NULL, ERROR or ) in JSON_VALUE, found 1"],
    ["(a, b)", "1:7 expected OVERLAPS after a period, found the end of the expression"],
    ["cast(a as strin)", "1:11 unknown type strin (did you mean STRING?)"],
    ["cast(a as varchar(10))", "1:11 VARCHAR takes no length (use STRING, and SUBSTRING to cut)"],
    ["extract(era from a)", "1:9 era is not a part of a date or time"],
    ["a is 5", "1:6 expected NULL, TRUE, FALSE, UNKNOWN, JSON or DISTINCT FROM after IS, found 5"],
    ["1e999", "1:1 1e999 is beyond the range of DOUBLE"],
    ["😀 = 1", "1:1 😀 has no meaning here"],
    ['"" = 1', "1:1 a name must not be empty (the empty string is written '')"]
  ])("refuses %j at its place", (text, message) => {
    const [found = ""] = mistakes(text)
    assert.include(found, ` ${message}`)
  })

  it("says where a mistake begins and ends", () => {
    const result = parseExpression("a = 'x'\nAND b == 2")
    assert.deepInclude("error" in result ? result.error : {}, { start: 14, end: 16, line: 2, column: 7 })
  })

  it("gives frozen nodes with their places", () => {
    const node = parsed("a + bb")
    assert.isTrue(Object.isFrozen(node) && Object.isFrozen(node.span))
    assert.deepEqual(node.span, { start: 0, end: 6, line: 1, column: 1 })
    assert.isTrue(Object.isFrozen(parsed("a AND b")) && Object.isFrozen(parsed("f(a, b)")))
  })
})

describe("the limits of parsing", () => {
  const code = (text: string) => mistakes(text)[0]?.split(" ")[0]

  it.each([
    ["parentheses", "(".repeat(60_000)],
    ["closed parentheses", `${"(".repeat(1_000)}a${")".repeat(1_000)}`],
    ["NOT", `${"NOT ".repeat(10_000)}a`],
    ["minus signs", `${"- ".repeat(30_000)}a`],
    ["plus signs", `${"+ ".repeat(30_000)}a`],
    ["brackets", "a[".repeat(30_000)],
    ["members", `a${".b".repeat(30_000)}`],
    ["a sum", `a${" + a".repeat(10_000)}`],
    ["CASE", "CASE ".repeat(10_000)],
    ["calls", "f(".repeat(30_000)],
    ["IS NULL", `a${" IS NULL".repeat(7_000)}`]
  ])("refuses %s that nest too deep", (_, text) => {
    assert.strictEqual(code(text), "EXPRESSION_TOO_DEEP")
  })

  it("takes 64 levels and refuses 65", () => {
    assert.isTrue("ok" in parseExpression(`a${" + a".repeat(63)}`))
    assert.strictEqual(code(`a${" + a".repeat(64)}`), "EXPRESSION_TOO_DEEP")
    assert.isTrue("ok" in parseExpression(`${"f(".repeat(63)}a${")".repeat(63)}`))
    assert.isTrue("ok" in parseExpression(`${"(".repeat(100)}a${")".repeat(100)}`))
  })

  it("refuses too much text and too many parts, and takes long conditions", () => {
    assert.strictEqual(code("a".repeat(maxTextLength + 1)), "EXPRESSION_TOO_LARGE")
    assert.strictEqual(code(`a IN (${"1,".repeat(10_001)}1)`), "EXPRESSION_TOO_LARGE")
    assert.isTrue("ok" in parseExpression(`a${" OR a".repeat(4_000)}`))
  })

  it("refuses text that is not Unicode", () => {
    assert.strictEqual(code("'\ud800'"), "EXPRESSION_SYNTAX")
  })

  it("takes time in proportion to the text", () => {
    for (const text of [
      "\n".repeat(65_000),
      "--\n".repeat(21_000),
      "/**/".repeat(16_000),
      "''".repeat(32_000)
    ]) {
      const started = performance.now()
      parseExpression(text)
      assert.isBelow(performance.now() - started, 1_000)
    }
  })
})
