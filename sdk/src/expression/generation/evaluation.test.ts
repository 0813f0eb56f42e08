import { assert, describe, it } from "vitest"
import { generateExpression } from "../index.ts"
import { run, typed } from "../testing/run-expression.ts"
import { sampleRow } from "../testing/sample-row.ts"

type Case = readonly [text: string, result: unknown]

const arithmetic: readonly Case[] = [
  ["i / 2", 3],
  ["-i / 2", -3],
  ["-i % 2", -1],
  ["i % -2", 1],
  ["MOD(-7, 3)", -1],
  ["0 * -i", 0],
  ["i + ni", null],
  ["-2147483648", -2_147_483_648],
  ["l + 1", 9_000_000_001],
  ["9007199254740993", 9_007_199_254_740_993n],
  ["w - 1", 9_007_199_254_740_992n],
  ["-w % 2", -1n],
  ["w / 2", 4_503_599_627_370_496n],
  ["f + f", Math.fround(Math.fround(0.1) * 2)],
  ["f + 1", Math.fround(Math.fround(0.1) + 1)],
  ["d / 0", Number.POSITIVE_INFINITY],
  ["0e0 / 0", Number.NaN],
  ["p + 1", "13.30"],
  ["p * 2.5", "30.750"],
  ["p / 3", "4.1000000000000"],
  ["-p / 7", "-1.7571428571429"],
  ["p % 5", "2.30"],
  ["-p % 5", "-2.30"],
  ["p - np", null],
  ["-p", "-12.30"],
  ["p - 12.30", "0.00"],
  ["0.1 + 0.2", "0.3"],
  ["0.1 + 0.2e0", 0.1 + 0.2],
  ["ABS(-7)", 7],
  ["ABS(-p)", "12.30"],
  ["ABS(-2.5e0)", 2.5],
  ["CEIL(p)", "13"],
  ["CEIL(-p)", "-12"],
  ["FLOOR(-p)", "-13"],
  ["FLOOR(-2.5e0)", -3],
  ["CEIL(i)", 7],
  ["ROUND(2.5)", "3"],
  ["ROUND(-2.5)", "-3"],
  ["ROUND(2.345, 2)", "2.35"],
  ["ROUND(1234.5, -2)", "1200"],
  ["ROUND(1250.5, -2)", "1300"],
  ["ROUND(2.345e0, 2)", 2.35],
  ["ROUND(1.005e0, 2)", 1.01],
  ["ROUND(-2.5e0)", -3],
  ["ROUND(0.49999999999999994e0)", 0],
  ["ROUND(1e300, 2)", 1e300],
  ["ROUND(5e-324, 3)", 0],
  ["ROUND(1250, -2)", 1_300],
  ["ROUND(-1250, -2)", -1_300],
  ["ROUND(d, ni)", null],
  ["ROUND(f, 1)", Math.fround(0.1)],
  ["POWER(2, 10)", 1024],
  ["SQRT(p - 3.30)", 3],
  ["SQRT(-1)", Number.NaN],
  ["GREATEST(i, l, p)", "9000000000.00"],
  ["LEAST(i, d)", 2.5],
  ["GREATEST(i, ni)", null],
  ["GREATEST('b', 'a')", "b"],
  ["GREATEST(d, SQRT(-1))", Number.NaN],
  ["LEAST(d, SQRT(-1))", 2.5]
]

const comparisons: readonly Case[] = [
  ["i = 7", true],
  ["i = 7.0", true],
  ["i <> 7e0", false],
  ["d >= 2.5", true],
  ["nd >= 7", null],
  ["w = 9007199254740993", true],
  ["w = 9007199254740992", false],
  ["w > i", true],
  ["p = 12.3", true],
  ["p > 12", true],
  ["p < 12.300001", true],
  ["p BETWEEN 12.30 AND 12.30", true],
  ["s = 'héllo😀'", true],
  ["'\uffff' < '😀'", true],
  ["'a' < 'aa'", true],
  ["'' < 'a'", true],
  ["'Z' < 'a'", true],
  ["b > FALSE", true],
  ["color = 'RED'", true],
  ["raw = raw", true],
  ["raw < raw", false],
  ["day = DATE '2020-01-01'", true],
  ["day < DATE '2020-01-02'", true],
  ["clock > TIME '12:34:56'", true],
  ["at = TIMESTAMP '2020-01-01 00:00:00.123'", true],
  ["at < micros", true],
  ["micros = TIMESTAMP '2020-01-01T00:00:00.123456'", true],
  ["SQRT(-1) = SQRT(-1)", true],
  ["SQRT(-1) > 1e300", true],
  ["1e300 < SQRT(-1)", true],
  ["SQRT(-1) >= d", true],
  ["SQRT(-1) <= 1e0", false],
  ["1e0 >= SQRT(-1)", false],
  ["-0e0 = 0e0", true],
  ["i BETWEEN 7 AND 8", true],
  ["i NOT BETWEEN 7 AND 8", false],
  ["i BETWEEN 8 AND ni", false],
  ["i BETWEEN 7 AND ni", null],
  ["i NOT BETWEEN 8 AND ni", true],
  ["i IN (1, 7)", true],
  ["i IN (1, NULL)", null],
  ["i IN (7, NULL)", true],
  ["i NOT IN (1, NULL)", null],
  ["i NOT IN (1, 2)", true],
  ["ni IN (1)", null],
  ["i IN (6.5, 7.0)", true],
  ["d IN (1, 2.5)", true],
  ["s IN ('a', 'héllo😀')", true],
  ["raw IN (raw)", true],
  ["ni IS DISTINCT FROM NULL", false],
  ["ni IS DISTINCT FROM i", true],
  ["i IS NOT DISTINCT FROM 7.0", true],
  ["ns IS NULL", true],
  ["choice IS NOT NULL", true],
  ["home IS NULL", false],
  ["nb IS UNKNOWN", true],
  ["nb IS NOT TRUE", true],
  ["b IS TRUE", true],
  ["nb IS FALSE", false]
]

const texts: readonly Case[] = [
  ["LENGTH(s)", 6],
  ["CHAR_LENGTH('')", 0],
  ["UPPER(s)", "HÉLLO😀"],
  ["UPPER('ß')", "SS"],
  ["LOWER('ABC')", "abc"],
  ["s || '!' || 'x'", "héllo😀!x"],
  ["s || ns", null],
  ["CONCAT(s, NULL)", null],
  ["CONCAT('a', 'b', 'c')", "abc"],
  ["SUBSTRING(s, 2)", "éllo😀"],
  ["SUBSTRING(s FROM 6 FOR 1)", "😀"],
  ["SUBSTRING(s, 0, 2)", "hé"],
  ["SUBSTRING(s, -2)", "o😀"],
  ["SUBSTRING(s, -9)", ""],
  ["SUBSTRING(s, 9)", ""],
  ["SUBSTRING(s, 2, -1)", ""],
  ["SUBSTRING('abc', 2, 9007199254740991)", "bc"],
  ["SUBSTRING('abc', w)", ""],
  ["TRIM('  a b ')", "a b"],
  ["TRIM(LEADING FROM ' a ')", "a "],
  ["TRIM(TRAILING 'xy' FROM 'xaxy')", "xa"],
  ["TRIM('😀' FROM s)", "héllo"],
  ["LTRIM('  a ')", "a "],
  ["RTRIM('aé', 'é')", "a"],
  ["TRIM(ns)", null],
  ["REPLACE('aXbX', 'X', 'yy')", "ayybyy"],
  ["REPLACE('abc', '', 'x')", "abc"],
  ["REPLACE('a.b', '.', '$&')", "a$&b"],
  ["POSITION('l' IN s)", 3],
  ["POSITION('😀' IN '😀😀')", 1],
  ["POSITION('x' IN '😀x')", 2],
  ["POSITION('z' IN s)", 0],
  ["POSITION('' IN s)", 1],
  ["STARTS_WITH(s, 'hé')", true],
  ["ENDS_WITH(s, '😀')", true],
  ["STARTSWITH(s, ns)", null]
]

const choices: readonly Case[] = [
  ["CASE WHEN nb THEN 1 WHEN b THEN 2 ELSE 3 END", 2],
  ["CASE WHEN nb THEN 1 END", null],
  ["CASE i WHEN 1 THEN 'a' WHEN 7 THEN 'b' END", "b"],
  ["CASE ni WHEN NULL THEN 'a' ELSE 'b' END", "b"],
  ["CASE WHEN b THEN 1 ELSE 2.5 END", "1.0"],
  ["CASE WHEN b THEN 1 ELSE 1 / 0 END", 1],
  ["CASE WHEN b THEN i ELSE w END", 7n],
  ["COALESCE(ni, nl, 3)", 3],
  ["COALESCE(ni, NULL)", null],
  ["COALESCE(i, 1 / 0)", 7],
  ["COALESCE(np, p)", "12.30"],
  ["COALESCE(color, 'x')", "RED"],
  ["IFNULL(ns, s)", "héllo😀"],
  ["NULLIF(i, 7)", null],
  ["NULLIF(i, ni)", 7],
  ["NULLIF(i + 1, 7)", 8],
  ["IF(nb, 1, 2)", 2],
  ["IF(b, home, NULL)", { city: "Graz", zip: null }],
  ["b OR 1 / 0 > 1", true],
  ["NOT b AND 1 / 0 > 1", false],
  ["ni + 1 / 0", null]
]

const parts: readonly Case[] = [
  ["home.city", "Graz"],
  ["home.zip", null],
  ["away.city", null],
  ["away.city || 'x'", null],
  ["list[1]", 10],
  ["list[2]", null],
  ["list[4]", null],
  ["list[ni]", null],
  ["list[i - 4] + 1", 31],
  ["list[i - 7]", null],
  ["prices[2] * 2", "-4.0"],
  ["prices[1]", "1.5"],
  ["prices[9]", null],
  ["labels['k']", "v"],
  ["labels['none']", null],
  ["labels['toString']", null],
  ["CARDINALITY(list)", 3],
  ["CARDINALITY(labels)", 1],
  ["choice", "x"],
  ["COALESCE(choice, choice)", "x"]
]

const times: readonly Case[] = [
  ["YEAR(day)", 2020],
  ["EXTRACT(MONTH FROM at)", 1],
  ["DAYOFMONTH(DATE '2020-02-29')", 29],
  ["EXTRACT(DOY FROM DATE '2020-12-31')", 366],
  ["EXTRACT(DOW FROM DATE '2024-06-02')", 1],
  ["QUARTER(DATE '2020-10-01')", 4],
  ["WEEK(DATE '2021-01-03')", 53],
  ["WEEK(DATE '2021-01-04')", 1],
  ["YEAR(DATE '1969-12-31')", 1969],
  ["YEAR(DATE '0001-01-01')", 1],
  ["HOUR(clock)", 12],
  ["MINUTE(clock)", 34],
  ["SECOND(clock)", 56],
  ["HOUR(TIMESTAMP '1969-12-31 23:59:59.5')", 23],
  ["SECOND(TIMESTAMP '1969-12-31 23:59:59.5')", 59],
  ["YEAR(NULL)", null]
]

const casts: readonly Case[] = [
  ["CAST(b AS STRING)", "TRUE"],
  ["CAST(i AS STRING)", "7"],
  ["CAST(w AS STRING)", "9007199254740993"],
  ["CAST(p AS STRING)", "12.30"],
  ["CAST(-0.05 AS STRING)", "-0.05"],
  ["CAST(d AS STRING)", "2.5"],
  ["CAST(1e0 AS STRING)", "1.0"],
  ["CAST(1e7 AS STRING)", "1.0E7"],
  ["CAST(1.25e-5 AS STRING)", "1.25E-5"],
  ["CAST(f AS STRING)", "0.1"],
  ["CAST(SQRT(-1) AS STRING)", "NaN"],
  ["CAST(day AS STRING)", "2020-01-01"],
  ["CAST(clock AS STRING)", "12:34:56.789"],
  ["CAST(at AS STRING)", "2020-01-01 00:00:00.123"],
  ["CAST(micros AS STRING)", "2020-01-01 00:00:00.123456"],
  ["CAST(TIMESTAMP '1969-12-31 23:59:59.5' AS STRING)", "1969-12-31 23:59:59.500"],
  ["CAST(color AS STRING)", "RED"],
  ["CAST(' 42 ' AS INT)", 42],
  ["CAST('-0' AS INT)", 0],
  ["CAST('9007199254740991' AS BIGINT)", 9_007_199_254_740_991],
  ["CAST('1e3' AS DOUBLE)", 1000],
  ["CAST('NaN' AS DOUBLE)", Number.NaN],
  ["CAST('0.1' AS FLOAT)", Math.fround(0.1)],
  ["CAST('1.005' AS DECIMAL(5, 2))", "1.01"],
  ["CAST('-1.5e2' AS DECIMAL(5, 1))", "-150.0"],
  ["CAST('YES' AS BOOLEAN)", true],
  ["CAST('2020-01-01' AS DATE)", 18_262],
  ["CAST('2020-01-01 23:59:59' AS DATE)", 18_262],
  ["CAST('12:34:56.789' AS TIME)", 45_296_789],
  ["CAST('2020-01-01T00:00:00.123Z' AS TIMESTAMP(3))", 1_577_836_800_123],
  ["CAST('2020-01-01T02:00:00+02:00' AS TIMESTAMP(3))", 1_577_836_800_000],
  ["CAST('2020-01-01' AS TIMESTAMP)", 1_577_836_800_000_000],
  ["CAST(2.9e0 AS INT)", 2],
  ["CAST(-2.9e0 AS INT)", -2],
  ["CAST(-p AS INT)", -12],
  ["CAST(w AS BIGINT)", 9_007_199_254_740_993n],
  ["CAST(2.345e0 AS DECIMAL(5, 2))", "2.35"],
  ["CAST(f AS DECIMAL(5, 2))", "0.10"],
  ["CAST(p AS DECIMAL(5, 1))", "12.3"],
  ["CAST(12.35 AS DECIMAL(5, 1))", "12.4"],
  ["CAST(-12.35 AS DECIMAL(5, 1))", "-12.4"],
  ["CAST(i AS DECIMAL(5, 2))", "7.00"],
  ["CAST(p AS DOUBLE)", 12.3],
  ["CAST(p AS FLOAT)", Math.fround(12.3)],
  ["CAST(i AS BOOLEAN)", true],
  ["CAST(b AS INT)", 1],
  ["CAST(b AS DECIMAL(3, 1))", "1.0"],
  ["CAST(day AS TIMESTAMP(3))", 1_577_836_800_000],
  ["CAST(at AS DATE)", 18_262],
  ["CAST(TIMESTAMP '1969-12-31 23:59:59.5' AS DATE)", -1],
  ["CAST(micros AS TIMESTAMP(3))", 1_577_836_800_123],
  ["CAST(at AS TIMESTAMP)", 1_577_836_800_123_000],
  ["CAST(micros AS TIME(3))", 123],
  ["CAST(NULL AS INT)", null],
  ["CAST(ns AS INT)", null],
  ["TRY_CAST('x' AS INT)", null],
  ["TRY_CAST('3000000000' AS INT)", null],
  ["TRY_CAST('' AS INT)", null],
  ["TRY_CAST('2020-02-30' AS DATE)", null],
  ["TRY_CAST('25:00' AS TIME)", null],
  ["TRY_CAST(1e10 AS INT)", null],
  ["TRY_CAST(1e300 AS DECIMAL(38, 0))", null],
  ["TRY_CAST('1e999' AS DECIMAL(38, 0))", null],
  ["TRY_CAST('9007199254740992' AS BIGINT)", null],
  ["TRY_CAST('1' || ' 2' AS DOUBLE)", null],
  ["TRY_CAST('maybe' AS BOOLEAN)", null]
]

describe.each([
  ["arithmetic", arithmetic],
  ["comparisons", comparisons],
  ["strings", texts],
  ["choices", choices],
  ["parts of values", parts],
  ["dates and times", times],
  ["casts", casts]
] as const)("%s", (_, cases) => {
  it.each(cases)("%s is %s", (text, result) => {
    assert.deepEqual(run(text), result)
  })
})

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
