import { assert, describe, it } from "vitest"
import type { AvroType } from "../../avro/type.ts"
import { formatSqlType } from "../index.ts"
import { mistakes, run, typed } from "../testing/run-expression.ts"
import { orNull, primitive, record, sampleSchema } from "../testing/sample-row.ts"

describe("the type of an expression", () => {
  it.each([
    ["1", "INT"],
    ["2147483648", "BIGINT"],
    ["-2147483648", "INT"],
    ["9223372036854775808", "DECIMAL(19, 0)"],
    ["1.50", "DECIMAL(3, 2)"],
    ["0.05", "DECIMAL(2, 2)"],
    ["1e0", "DOUBLE"],
    ["'x'", "STRING"],
    ["TRUE", "BOOLEAN"],
    ["DATE '2020-01-01'", "DATE"],
    ["TIME '12:30'", "TIME(3)"],
    ["TIMESTAMP '2020-01-01 00:00:00.5'", "TIMESTAMP(3)"],
    ["TIMESTAMP '2020-01-01 00:00:00.5001'", "TIMESTAMP(6)"],
    ["i + i", "INT"],
    ["i + l", "BIGINT"],
    ["i + f", "FLOAT"],
    ["l * d", "DOUBLE"],
    ["p + f", "DOUBLE"],
    ["i / 2", "INT"],
    ["p + p", "DECIMAL(11, 2)"],
    ["p + i", "DECIMAL(13, 2)"],
    ["p * p", "DECIMAL(21, 4)"],
    ["p / p", "DECIMAL(23, 13)"],
    ["p % 7", "DECIMAL(10, 2)"],
    ["CAST(p AS DECIMAL(38, 10)) * CAST(p AS DECIMAL(38, 10))", "DECIMAL(38, 6)"],
    ["CAST(p AS DECIMAL(32, 8)) / CAST(p AS DECIMAL(38, 8))", "DECIMAL(38, 6)"],
    ["CAST(p AS DECIMAL(30, 20)) / CAST(p AS DECIMAL(30, 20))", "DECIMAL(38, 8)"],
    ["CAST(p AS DECIMAL(38, 2)) * CAST(p AS DECIMAL(38, 3))", "DECIMAL(38, 5)"],
    ["ROUND(p, 1)", "DECIMAL(10, 1)"],
    ["ROUND(p, -2)", "DECIMAL(9, 0)"],
    ["CEIL(p)", "DECIMAL(10, 0)"],
    ["SQRT(i)", "DOUBLE"],
    ["LENGTH(s)", "INT"],
    ["YEAR(day)", "BIGINT"],
    ["COALESCE(ni, nl)", "BIGINT"],
    ["COALESCE(ni, 1.5)", "DECIMAL(11, 1)"],
    ["CASE WHEN b THEN at ELSE micros END", "TIMESTAMP(6)"],
    ["NULLIF(i, 2.5)", "INT"],
    ["home", "ROW shop.Address"],
    ["NULL", "NULL"]
  ])("%s is %s", (text, type) => {
    assert.strictEqual(formatSqlType(typed(text).type), type)
  })

  it.each([
    ["i", false],
    ["ni", true],
    ["i + ni", true],
    ["ni IS NULL", false],
    ["COALESCE(ni, 1)", false],
    ["COALESCE(ni, nl)", true],
    ["CASE WHEN nb THEN 1 ELSE 2 END", false],
    ["CASE WHEN b THEN 1 END", true],
    ["NULLIF(1, 2)", true],
    ["i = 1 OR b", false],
    ["i = ni", true],
    ["TRY_CAST(s AS INT)", true],
    ["TRY_CAST(i AS STRING)", false],
    ["home.city", false],
    ["home.zip", true],
    ["away.city", true],
    ["labels['k']", true],
    ["i IN (1, NULL)", true]
  ])("%s may be NULL: %s", (text, nullable) => {
    assert.strictEqual(typed(text).nullable, nullable)
  })
})

describe("the Avro type of an expression", () => {
  const field = (name: string) => sampleSchema.fields.find((one) => one.name === name)!.type
  const avro = (text: string) => typed(text).avro

  it("is for a field alone the one that it has", () => {
    for (const { name } of sampleSchema.fields) assert.strictEqual(avro(name), field(name))
  })

  it("is a union with null where NULL may come", () => {
    assert.deepEqual(avro("ni + 1"), orNull(primitive("int")))
    assert.deepEqual(avro("i + 1"), primitive("int"))
    assert.deepEqual(avro("NULL"), primitive("null"))
  })

  it("is kept by what only chooses among values", () => {
    assert.strictEqual(avro("COALESCE(color, color)"), field("color"))
    assert.deepEqual(avro("IF(b, color, NULL)"), orNull(field("color")))
    assert.deepEqual(avro("IF(b, color, 'x')"), primitive("string"))
    assert.strictEqual(avro("COALESCE(away, home)"), field("home"))
    assert.strictEqual(avro("GREATEST(micros, micros)"), field("micros"))
    assert.deepEqual(avro("GREATEST(at, micros)"), primitive("long", { name: "timestamp-micros" }))
    assert.deepEqual(avro("NULLIF(id, s)"), orNull(field("id")))
    assert.deepEqual(avro("COALESCE(choice, choice)"), {
      kind: "union",
      branches: [primitive("null"), primitive("int"), primitive("string")]
    })
  })

  it("is by the SQL type for what is computed", () => {
    assert.deepEqual(avro("p * 2"), primitive("bytes", { name: "decimal", precision: 21, scale: 2 }))
    assert.deepEqual(avro("CAST(at AS DATE)"), primitive("int", { name: "date" }))
    assert.deepEqual(avro("CAST('1:00' AS TIME(6))"), primitive("long", { name: "time-micros" }))
    const wide: AvroType = { kind: "long", attributes: { "millrace.js": "bigint" } }
    assert.deepEqual(avro("w + i"), orNull(wide))
    assert.deepEqual(avro("color || ''"), primitive("string"))
    assert.deepEqual(avro("list[1]"), orNull(primitive("int")))
    assert.deepEqual(
      avro("prices[1]"),
      orNull(primitive("bytes", { name: "decimal", precision: 6, scale: 1 }))
    )
  })
})

describe("the fields of an expression", () => {
  it("are those at the top, each once, in the order of the row", () => {
    assert.deepEqual(typed("home.city = s OR labels[ns] = s AND i IN (i, l)").fields, [
      "i",
      "l",
      "s",
      "ns",
      "labels",
      "home"
    ])
    assert.deepEqual(typed("1 + 1").fields, [])
  })
})

describe("mistakes", () => {
  it.each([
    [
      "titel",
      "EXPRESSION_UNKNOWN_FIELD 1:1 unknown field titel (the fields are i, ni, l, nl, w, f, d, nd, and 19 more)"
    ],
    ["labls['k']", "EXPRESSION_UNKNOWN_FIELD 1:1 unknown field labls (did you mean labels?)"],
    ["Micros = NULL", "EXPRESSION_UNKNOWN_FIELD 1:1 unknown field Micros (did you mean micros?)"],
    ["home.citty", "EXPRESSION_UNKNOWN_FIELD 1:1 unknown field citty (did you mean city?)"],
    [
      's = "a b"',
      "EXPRESSION_UNKNOWN_FIELD 1:5 unknown field a b (a string is written in single quotes: 'a b')"
    ],
    ["i = 's'", "EXPRESSION_TYPE 1:1 cannot compare INT with STRING (write the number without quotes)"],
    ["s = 1", "EXPRESSION_TYPE 1:1 cannot compare STRING with INT (CAST(… AS INT) makes one of the string)"],
    [
      "day = '2020-01-01'",
      "EXPRESSION_TYPE 1:1 cannot compare DATE with STRING (write DATE before the string)"
    ],
    ["home = home", "EXPRESSION_TYPE 1:1 values of type ROW shop.Address cannot be compared"],
    ["choice = 1", "EXPRESSION_TYPE 1:1 cannot compare a union of several types with INT"],
    [
      "s + 1",
      "EXPRESSION_TYPE 1:1 + needs numbers, here STRING and INT (strings are joined with ||; CAST(… AS DOUBLE) makes a number)"
    ],
    [
      "day + 1",
      "EXPRESSION_TYPE 1:1 + has no meaning for DATE and INT (write + INTERVAL '1' DAY to move a date or time)"
    ],
    ["-s", "EXPRESSION_TYPE 1:1 - needs a number, here STRING"],
    ["s || i", "EXPRESSION_TYPE 1:6 || joins strings, here INT (write CAST(… AS STRING))"],
    ["i AND b", "EXPRESSION_TYPE 1:1 AND needs a BOOLEAN, here INT (compare it, for example with <> 0)"],
    ["NOT s", "EXPRESSION_TYPE 1:5 NOT needs a BOOLEAN, here STRING"],
    [
      "CASE WHEN i THEN 1 END",
      "EXPRESSION_TYPE 1:11 WHEN needs a BOOLEAN, here INT (compare it, for example with <> 0)"
    ],
    [
      "CASE WHEN b THEN 1 ELSE 'x' END",
      "EXPRESSION_TYPE 1:25 the results have no common type: INT and STRING (bring them to one type with CAST)"
    ],
    [
      "COALESCE(ni, 'x')",
      "EXPRESSION_TYPE 1:14 the results have no common type: INT and STRING (bring them to one type with CAST)"
    ],
    ["s.x", "EXPRESSION_TYPE 1:1 STRING has no fields, so no x"],
    ["labels.k", "EXPRESSION_TYPE 1:1 MAP has no fields, so no k (write ['k'] for a map's value)"],
    ["list[0]", "EXPRESSION_TYPE 1:6 an array's index counts from 1 (the first element is [1])"],
    ["list['x']", "EXPRESSION_TYPE 1:6 STRING is no index (an array's index is an INT, from 1)"],
    ["labels[1]", "EXPRESSION_TYPE 1:8 INT is no index (a map's key is a STRING: ['key'])"],
    ["s[1]", "EXPRESSION_TYPE 1:1 STRING has no elements"],
    ["UPER(s)", "EXPRESSION_UNKNOWN_FUNCTION 1:1 unknown function UPER (did you mean UPPER?)"],
    [
      "NOW()",
      "EXPRESSION_UNKNOWN_FUNCTION 1:1 unknown function NOW (an expression gives the same result when a record is run again; read a timestamp field instead)"
    ],
    ["UPPER()", "EXPRESSION_ARGUMENTS 1:1 UPPER takes 1 argument, here 0 (write UPPER(string))"],
    [
      "SUBSTRING(s)",
      "EXPRESSION_ARGUMENTS 1:1 SUBSTRING takes 2 to 3 arguments, here 1 (write SUBSTRING(string FROM start FOR length))"
    ],
    [
      "COALESCE()",
      "EXPRESSION_ARGUMENTS 1:1 COALESCE takes 1 or more arguments, here 0 (write COALESCE(value, value, …))"
    ],
    ["UPPER(i)", "EXPRESSION_TYPE 1:7 UPPER needs a STRING, here INT (write CAST(… AS STRING))"],
    [
      "SUBSTRING(s, 1.5)",
      "EXPRESSION_TYPE 1:14 SUBSTRING needs an INT, here DECIMAL(2, 1) (write CAST(… AS INT))"
    ],
    ["SQRT(s)", "EXPRESSION_TYPE 1:6 SQRT needs a number, here STRING (write CAST(… AS DOUBLE))"],
    [
      "ROUND(p, i)",
      "EXPRESSION_TYPE 1:10 the digits of ROUND on a DECIMAL must be constant (write the digits as a number, or CAST the value to DOUBLE)"
    ],
    [
      "GREATEST(home, away)",
      "EXPRESSION_TYPE 1:1 GREATEST needs values with an order, here ROW shop.Address"
    ],
    [
      "YEAR(s)",
      "EXPRESSION_TYPE 1:6 YEAR is a part of DATE or TIMESTAMP, here STRING (CAST(… AS TIMESTAMP) makes one of the string)"
    ],
    ["HOUR(day)", "EXPRESSION_TYPE 1:6 HOUR is a part of TIME or TIMESTAMP, here DATE"],
    ["CAST(home AS STRING)", "EXPRESSION_TYPE 1:1 ROW shop.Address cannot be cast to STRING"],
    ["CAST(raw AS INT)", "EXPRESSION_TYPE 1:1 BYTES cannot be cast to INT"],
    ["CAST(day AS INT)", "EXPRESSION_TYPE 1:1 DATE cannot be cast to INT"],
    [
      "CARDINALITY(s)",
      "EXPRESSION_TYPE 1:13 CARDINALITY needs an ARRAY or MAP, here STRING (use CHAR_LENGTH)"
    ],
    [
      "REGEXP(s, s)",
      "EXPRESSION_TYPE 1:11 the pattern of REGEXP must be constant (write it as a string: it is checked before a record is read)"
    ],
    ["REGEXP(s, '(a')", "EXPRESSION_PATTERN 1:11 this group has no ) (character 3 of the pattern)"],
    [
      "REGEXP(s, '(a)\\1')",
      "EXPRESSION_PATTERN 1:11 back references cannot be matched in linear time (character 5 of the pattern)"
    ],
    ["REGEXP_EXTRACT(s, 'a', 1)", "EXPRESSION_ARGUMENTS 1:24 the pattern has 0 groups, so no group 1"],
    [
      "s SIMILAR TO '*'",
      "EXPRESSION_PATTERN 1:14 * stands alone: ESCAPE makes it a character (character 1 of the pattern)"
    ],
    [
      "at - at",
      "EXPRESSION_TYPE 1:1 - has no meaning for TIMESTAMP(3) and TIMESTAMP(3) (TIMESTAMPDIFF(DAY, from, to) gives the time between two dates)"
    ],
    [
      "INTERVAL '1' DAY",
      "EXPRESSION_TYPE 1:1 no field holds an INTERVAL (add it to a date or timestamp; TIMESTAMPDIFF gives a number of units)"
    ],
    ["ARRAY[INTERVAL '1' DAY]", "EXPRESSION_TYPE 1:1 no field holds an INTERVAL"],
    [
      "clock + INTERVAL '1' MONTH",
      "EXPRESSION_TYPE 1:1 + has no meaning for TIME(3) and INTERVAL YEAR TO MONTH (write + INTERVAL '1' DAY to move a date or time)"
    ],
    [
      "DATE_FORMAT(at, 'yyyy-QQ')",
      "EXPRESSION_PATTERN 1:17 QQ is no part of a date; text stands in 'quotes'"
    ],
    [
      "CONVERT_TZ(s, 'UTC', 'Mars/Phobos')",
      "EXPRESSION_ARGUMENTS 1:22 unknown time zone (write a name such as 'Europe/Vienna', 'UTC' or 'GMT-08:00')"
    ],
    [
      "ARRAY_CONTAINS(list, 'a')",
      "EXPRESSION_TYPE 1:22 ARRAY_CONTAINS needs a value of the elements' type INT, here STRING (bring it to that type with CAST)"
    ],
    ["MAP[i, 1]", "EXPRESSION_TYPE 1:5 a key of MAP is a STRING, here INT (write CAST(… AS STRING))"],
    ["JSON_VALUE(s, 'a')", "EXPRESSION_PATTERN 1:15 a JSON path begins with $: '$.price'"],
    [
      "FLOOR(at)",
      "EXPRESSION_ARGUMENTS 1:1 FLOOR takes one number (write FLOOR(number) or FLOOR(timestamp TO HOUR))"
    ],
    [
      "RAND()",
      "EXPRESSION_UNKNOWN_FUNCTION 1:1 unknown function RAND (an expression gives the same result when a record is run again; take MD5 of the record's own id, or a processor's random)"
    ],
    [
      "CURRENT_TIMESTAMP",
      "EXPRESSION_UNKNOWN_FIELD 1:1 unknown field CURRENT_TIMESTAMP (an expression gives the same result when a record is run again; read a timestamp field instead)"
    ]
  ])("%s", (text, message) => {
    assert.deepEqual(mistakes(text), [message])
  })

  it("are all reported, in the order of the text", () => {
    assert.deepEqual(
      mistakes("x1 = 1 AND\n (y1 = 2 OR i = 's') AND UPER(z1)").map((line) =>
        line.split(" ").slice(0, 2).join(" ")
      ),
      [
        "EXPRESSION_UNKNOWN_FIELD 1:1",
        "EXPRESSION_UNKNOWN_FIELD 2:3",
        "EXPRESSION_TYPE 2:13",
        "EXPRESSION_UNKNOWN_FUNCTION 2:26"
      ]
    )
    assert.lengthOf(mistakes(Array.from({ length: 50 }, (_, index) => `x${index}`).join(" OR ")), 20)
  })
})

describe("what has no SQL type", () => {
  const attributes = {}
  const schema = record("Odd", {
    span: { kind: "fixed", name: "Span", aliases: [], size: 12, logical: { name: "duration" }, attributes },
    huge: primitive("bytes", { name: "decimal", precision: 39, scale: 0 }),
    exact: {
      kind: "long",
      logical: { name: "timestamp-micros" },
      attributes: { "millrace.js": "bigint" }
    }
  })

  it.each(["span", "huge", "exact"])("is passed on and tested for NULL: %s", (name) => {
    const value = { some: "value" }
    assert.strictEqual(run(`COALESCE(${name}, ${name})`, { [name]: value }, schema), value)
    assert.isFalse(run(`${name} IS NULL`, { [name]: value }, schema))
    assert.include(mistakes(`${name} = ${name}`, schema)[0], "cannot be compared")
    assert.strictEqual(typed(name, schema).avro, schema.fields.find((field) => field.name === name)!.type)
  })
})

describe("recursive records", () => {
  it("are read as deep as the expression says", () => {
    const fields: { name: string; type: AvroType; aliases: []; order: "ascending"; attributes: object }[] = []
    const node = { ...record("Node", {}), fields: [] as unknown }
    const self = Object.assign(node, { fields }) as never
    fields.push(
      { name: "value", type: primitive("int"), aliases: [], order: "ascending", attributes: {} },
      { name: "next", type: orNull(self), aliases: [], order: "ascending", attributes: {} }
    )
    const row = { value: 1, next: { value: 2, next: { value: 3, next: null } } }
    assert.strictEqual(run("next.next.value", row, self), 3)
    assert.isNull(run("next.next.next.next.value", row, self))
    assert.deepEqual(run("COALESCE(next.next, next)", row, self), { value: 3, next: null })
  })
})
