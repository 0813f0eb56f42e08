import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import * as fc from "fast-check"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { run } from "./testing/run-expression.ts"
import { sampleRow } from "./testing/sample-row.ts"

/*
 * Functions whose meaning DuckDB shares, over random values: ours, and theirs where it is written otherwise. Left out, because
 * the two differ by design: INITCAP and ASCII of '' (absent or -1 there), LPAD with an empty pad (NULL here, an error there),
 * FLOOR TO WEEK (Sunday here, Monday there), ARRAY_SLICE and SPLIT_INDEX from 0, TRUNCATE of a DOUBLE by its decimal digits.
 */
const word = fc.string({ unit: fc.constantFrom("a", "b", "B", " ", "é", "😀", "1", ","), maxLength: 8 })
const small = fc.integer({ min: -3, max: 9 })
const days = fc.integer({ min: -30_000, max: 40_000 })
const millis = fc.integer({ min: -2_000_000_000_000, max: 4_000_000_000_000 })

interface Row {
  readonly s: string
  readonly t: string
  readonly n: number
  readonly d: number
  readonly day: number
  readonly other: number
  readonly at: number
}
const row: fc.Arbitrary<Row> = fc.record({
  s: word,
  t: word,
  n: small,
  d: fc.integer({ min: -4_000, max: 4_000 }).map((value) => value / 8),
  day: days,
  other: days,
  at: millis
})

/** Fields: s and color are strings, i an INT, d a DOUBLE, day and micros' date, at. `{day}` is the other date. */
const pairs: readonly (readonly [ours: string, theirs: string])[] = [
  ["BTRIM(s, 'a ')", "trim(s, 'a ')"],
  ["LPAD(s, ABS(i), 'xy')", "lpad(s, abs(n)::INTEGER, 'xy')"],
  ["RPAD(s, ABS(i), 'xy')", "rpad(s, abs(n)::INTEGER, 'xy')"],
  ["LEFT(s, ABS(i))", "left(s, abs(n))"],
  ["RIGHT(s, ABS(i))", "right(s, abs(n))"],
  ["REPEAT(s, i)", "repeat(s, n)"],
  ["REVERSE(REPLACE(s, '😀', 'x'))", "reverse(replace(s, '😀', 'x'))"],
  ["TRANSLATE(s, 'ab ', 'xy')", "translate(s, 'ab ', 'xy')"],
  ["CONCAT_WS('-', s, NULL, color)", "concat_ws('-', s, NULL, t)"],
  ["INSTR(s, 'b')", "instr(s, 'b')"],
  ["STARTSWITH(s, 'a')", "starts_with(s, 'a')"],
  ["MD5(s)", "md5(s)"],
  ["SHA256(s)", "sha256(s)"],
  ["TO_BASE64(s)", "to_base64(encode(s))"],
  ["HEX(s)", "hex(s)"],
  ["HEX(i)", "hex(n::BIGINT)"],
  ["BIN(i)", "bin(n::BIGINT)"],
  ["REGEXP(s, '^(a|b)+$')", "regexp_matches(s, '^(a|b)+$')"],
  ["REGEXP_REPLACE(s, '(a+)(b*)', '<$2$1>')", "regexp_replace(s, '(a+)(b*)', '<\\2\\1>', 'g')"],
  ["COALESCE(REGEXP_EXTRACT(s, '[ab]+(.)', 1), '')", "regexp_extract(s, '[ab]+(.)', 1)"],
  ["SPLIT(s, ',')[1]", "string_split(s, ',')[1]"],
  ["CARDINALITY(SPLIT(s, ','))", "len(string_split(s, ','))"],
  ["SIGN(i)", "sign(n)"],
  ["SIGN(d)", "sign(d)"],
  ["TRUNCATE(d)", "trunc(d)"],
  ["LOG10(ABS(d) + 1)", "log10(abs(d) + 1)"],
  ["LOG2(ABS(d) + 1)", "log2(abs(d) + 1)"],
  ["DEGREES(d)", "degrees(d)"],
  ["ATAN2(d, i)", "atan2(d, n)"],
  [
    "YEAR(day + INTERVAL '1' MONTH) * 10000 + MONTH(day + INTERVAL '1' MONTH) * 100 + DAYOFMONTH(day + INTERVAL '1' MONTH)",
    "CAST(strftime(day + INTERVAL 1 MONTH, '%Y%m%d') AS BIGINT)"
  ],
  ["DATE_FORMAT(TIMESTAMPADD(MONTH, i, day), 'yyyy-MM-dd')", "strftime(day + to_months(n), '%Y-%m-%d')"],
  [
    "DATE_FORMAT(at + INTERVAL '1 02:03' DAY TO MINUTE, 'yyyy-MM-dd HH:mm:ss.SSS')",
    "strftime(at + INTERVAL '1 day 2 hours 3 minutes', '%Y-%m-%d %H:%M:%S.%g')"
  ],
  ["DATE_FORMAT(at, 'EEEE d MMMM yyyy, hh:mm a D')", "strftime(at, '%A %-d %B %Y, %I:%M %p %-j')"],
  ["TIMESTAMPDIFF(MONTH, day, at)", "date_sub('month', day::TIMESTAMP, at)"],
  ["TIMESTAMPDIFF(DAY, day, at)", "date_sub('day', day::TIMESTAMP, at)"],
  ["TIMESTAMPDIFF(YEAR, at, day)", "date_sub('year', at, day::TIMESTAMP)"],
  ...["YEAR", "QUARTER", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"].map(
    (unit) =>
      [`EXTRACT(EPOCH FROM FLOOR(at TO ${unit}))`, `epoch(date_trunc('${unit}', at))::BIGINT`] as const
  ),
  ...["ISODOW", "ISOYEAR", "DECADE", "CENTURY", "MILLENNIUM"].map(
    (unit) => [`EXTRACT(${unit} FROM day)`, `extract(${unit} FROM day)`] as const
  ),
  [
    "UNIX_TIMESTAMP(DATE_FORMAT(at, 'dd/MM/yyyy HH:mm:ss'), 'dd/MM/yyyy HH:mm:ss')",
    "epoch(date_trunc('second', at))::BIGINT"
  ],
  ["ARRAY_CONTAINS(ARRAY[1, 2, NULL, 3], i)", "list_contains([1, 2, NULL, 3], n)"],
  ["ARRAY_POSITION(SPLIT(s, 'a'), 'b')", "coalesce(list_position(string_split(s, 'a'), 'b'), 0)"],
  ["ARRAY_JOIN(ARRAY_SORT(SPLIT(s, ',')), '|')", "array_to_string(list_sort(string_split(s, ',')), '|')"],
  ["ARRAY_MAX(ARRAY[i, 3, NULL])", "list_max([n, 3, NULL])"],
  [
    'JSON_VALUE(\'{"a": [1, {"b": "x"}]}\', \'$.a[1].b\')',
    'json_extract_string(\'{"a": [1, {"b": "x"}]}\', \'$.a[1].b\')'
  ]
]

const rows = fc.sample(row, { numRuns: 60, seed: 20_260_304 })

describe("functions against DuckDB", () => {
  let instance: DuckDBInstance
  let connection: DuckDBConnection

  beforeAll(async () => {
    instance = await DuckDBInstance.create(":memory:", { threads: "1" })
    connection = await instance.connect()
    const values = rows.map(
      ({ s, t, n, d, day, at }, id) =>
        `(${id}, '${s}', '${t}', ${n}, ${d}::DOUBLE, DATE '1970-01-01' + ${day}, make_timestamp(${at} * 1000))`
    )
    await connection.run(
      `CREATE TABLE rows AS SELECT * FROM (VALUES ${values.join(", ")}) AS r(id, s, t, n, d, day, moment)`
    )
  })
  afterAll(() => {
    connection.closeSync()
    instance.closeSync()
  })

  it.each(pairs)("%s is %s", async (ours, theirs) => {
    const reader = await connection.runAndReadAll(
      `SELECT ${theirs.replaceAll(/\bat\b/g, "moment")} FROM rows ORDER BY id`
    )
    const expected = reader.getRowsJson().map(([value]) => value)
    for (const [index, { s, t, n, d, day, at }] of rows.entries()) {
      const value = run(ours, sampleRow({ s, color: t, i: n, d, day, at }))
      const other = expected[index]
      const same = typeof value === "number" ? close(value, Number(other)) : value === other
      assert.isTrue(
        same,
        `${JSON.stringify(rows[index])}: ours ${String(value)}, theirs ${JSON.stringify(other)}`
      )
    }
  })
})

/** The last digit of a logarithm or an angle is each library's own. */
function close(one: number, other: number): boolean {
  return one === other || Math.abs(one - other) <= 1e-14 * Math.abs(one)
}
