import { assert, describe, it } from "vitest"
import { run } from "../testing/run-expression.ts"
import { sampleRow } from "../testing/sample-row.ts"

describe("functions", () => {
  it.each<readonly [string, unknown]>([
    ["OVERLAY('abc' PLACING 'X' FROM 2 FOR 0)", "aXbc"],
    ["OVERLAY('abc' PLACING 'X' FROM 9)", "abc"],
    ["SUBSTR(s, -1)", "😀"],
    ["LPAD(s, 3, 'x')", "hél"],
    ["LPAD('a', -1, 'x')", null],
    ["LPAD('a', 3, '')", null],
    ["RPAD('a', 4, '😀')", "a😀😀😀"],
    ["LOCATE('a', 'banana', 0)", 0],
    ["LOCATE('', 'abc', 4)", 4],
    ["SPLIT_INDEX('a b\tc', '', 2)", "c"],
    ["SPLIT_INDEX('a', ',', 1)", null],
    ["CONCAT_WS(ns, 'a')", null],
    ["CONCAT_WS(',', ns, ns)", ""],
    ["CHR(353)", "a"],
    ["TRUNCATE(p)", "12"],
    ["TRUNCATE(-p, 1)", "-12.3"],
    ["TRUNCATE(1299, -2)", 1_200],
    ["TRUNCATE(w, -3)", 9_007_199_254_740_000n],
    ["TRUNCATE(1.999e0, 2)", 1.99],
    ["SIGN(-p)", "-1.00"],
    ["SIGN(w)", 1n],
    ["i BETWEEN SYMMETRIC 8 AND 6", true],
    ["i NOT BETWEEN SYMMETRIC 8 AND 6", false],
    ["12 BETWEEN SYMMETRIC NULL AND 12", null],
    ["ns IS JSON", false],
    ["ns IS NOT JSON", true],
    ["'{' IS JSON", false],
    ["'1' IS JSON OBJECT", false],
    ["JSON_VALUE('{\"a\": true}', 'lax $.b' DEFAULT FALSE ON EMPTY)", "FALSE"],
    ["JSON_VALUE('{\"a\": true}', 'strict $.b' DEFAULT 1 ON EMPTY DEFAULT 2 ON ERROR)", "2"],
    ["JSON_VALUE('{\"a\": {}}', '$.a' DEFAULT 'x' ON ERROR)", "x"],
    ["JSON_VALUE('{\"a\": \"7\"}', '$.a' RETURNING BIGINT)", 7],
    ["JSON_VALUE('{\"a\": 1.5}', '$.a' RETURNING INT)", null],
    ["JSON_VALUE('no', '$')", null],
    ["JSON_VALUE('{\"__proto__\": 1}', '$.__proto__')", "1"],
    ["JSON_VALUE('{}', '$.toString')", null],
    ["JSON_QUERY('[1, 2]', '$' WITH CONDITIONAL ARRAY WRAPPER)", "[1,2]"],
    ["JSON_QUERY('1', '$' WITH WRAPPER)", "[1]"],
    ["JSON_QUERY('{}', '$.x' EMPTY OBJECT ON EMPTY)", "{}"],
    ["JSON_QUERY('{}', 'strict $.x' EMPTY ARRAY ON ERROR)", "[]"],
    ["JSON_EXISTS('{}', 'strict $.x' UNKNOWN ON ERROR)", null],
    ["day + INTERVAL '1' MONTH", 18_293],
    ["day + INTERVAL '12' HOUR", 1_577_836_800_000 + 43_200_000],
    ["INTERVAL '1' DAY * 2 + day", 18_264],
    ["micros - INTERVAL '0.5' SECOND", 1_577_836_799_623_456],
    ["clock + INTERVAL '23:59' HOUR TO MINUTE", 45_236_789],
    ["clock - INTERVAL '13' HOUR", 84_896_789],
    ["at + CASE WHEN b THEN INTERVAL '1' DAY ELSE INTERVAL '1' HOUR END", 1_577_923_200_123],
    ["day + NULL", null],
    ["INTERVAL '1' DAY > INTERVAL '23' HOUR", true],
    ["CEIL(day TO QUARTER)", 18_262],
    ["CEIL(at TO QUARTER)", 1_585_699_200_000],
    ["FLOOR(day TO WEEK)", 18_259],
    ["TO_DATE('2020-02-30')", null],
    ["TO_DATE('20200131', 'yyyyMMdd')", 18_292],
    ["TO_TIMESTAMP('31 Jan 20 1:05 pm', 'd MMM yy h:mm a')", 1_580_475_900_000],
    ["(day, INTERVAL '1' DAY) OVERLAPS (at, at)", true],
    ["(day, day) OVERLAPS (day + INTERVAL '1' DAY, INTERVAL '1' DAY)", false],
    ["list[2] IS NULL AND ARRAY_CONTAINS(list, NULL)", true],
    ["ARRAY_REMOVE(list, NULL)", [10, 30]],
    ["ARRAY_SORT(list)", [null, 10, 30]],
    ["ARRAY_SORT(list, FALSE)", [30, 10, null]],
    ["ARRAY_CONTAINS(prices, 1.5)", true],
    ["ARRAY_MAX(prices) + 1", "2.5"],
    ["ARRAY_SORT(prices)", ["-2.0", "1.5"]],
    ["ELEMENT(ARRAY[p])", "12.30"],
    ["ARRAY[p, 1][2] + 1", "2.00"],
    ["ARRAY_CONCAT(list, ARRAY[i])", [10, null, 30, 7]],
    ["ARRAY_DISTINCT(ARRAY[raw, raw])", [new Uint8Array([1, 2])]],
    ["MAP['a', p]['a'] + 1", "13.30"],
    ["ARRAY_SLICE(list, -2, 3)", [null, 30]],
    ["MAP_KEYS(labels)", ["k"]],
    ["STR_TO_MAP('a:1;b', ';', ':')['b']", null],
    ["CAST(CAST(s AS BYTES) AS STRING) = s", true]
  ])("%s", (text, result) => {
    assert.deepEqual(run(text), result)
  })

  it.each([
    ["ELEMENT(list)", "EXPRESSION_ARGUMENT at 1:1: ELEMENT needs an array of one element, here 3"],
    ["JSON_VALUE('{}', '$.x' ERROR ON EMPTY)", "EXPRESSION_ARGUMENT at 1:1: the path finds nothing"],
    ["MAP[ns, 1]", "EXPRESSION_ARGUMENT at 1:1: a key of MAP is NULL"],
    [
      "DATE '9999-12-31' + INTERVAL '1' DAY",
      "EXPRESSION_OVERFLOW at 1:1: the result is beyond the years 0001 to 9999"
    ],
    ["TIMESTAMPDIFF(SECOND, DATE '0001-01-01', day)", "EXPRESSION_OVERFLOW at 1:1"],
    ["REPEAT(s, 2000000000)", "EXPRESSION_TEXT_TOO_LONG at 1:1"],
    ["REGEXP_REPLACE(s, 'h', '$3')", "EXPRESSION_ARGUMENT at 1:1"]
  ])("%s is an error of the record", (text, message) => {
    assert.throws(() => run(text, sampleRow()), message)
  })
})
