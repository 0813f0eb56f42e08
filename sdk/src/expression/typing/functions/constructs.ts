import type { Documented } from "./definition.ts"

const entry = (usage: string, about: string, example: string, gives: string): Documented => ({
  usage,
  about,
  example,
  gives
})

/** What has a grammar of its own, for the reference. */
export const constructs: readonly { readonly title: string; readonly entries: readonly Documented[] }[] = [
  {
    title: "Literals",
    entries: [
      entry("123", "INT, BIGINT or DECIMAL, the smallest that holds it.", "TYPEOF(123)", "'INT NOT NULL'"),
      entry("1.50", "DECIMAL, exact.", "0.1 + 0.2", "0.3"),
      entry("1.5e0", "DOUBLE.", "15e-1", "1.5"),
      entry("'text'", "STRING; a quote is doubled.", "'it''s'", "'it''s'"),
      entry("DATE 'yyyy-MM-dd'", "A date.", "DATE '2020-01-31'", "DATE '2020-01-31'"),
      entry("TIME 'HH:mm:ss'", "A time of day, to microseconds.", "TIME '12:30:00'", "TIME '12:30:00.000'"),
      entry(
        "TIMESTAMP 'yyyy-MM-dd HH:mm:ss'",
        "An instant, to microseconds, in UTC.",
        "TIMESTAMP '2020-01-31 12:30:00.5'",
        "TIMESTAMP '2020-01-31 12:30:00.500'"
      ),
      entry(
        "INTERVAL '1' DAY",
        "A length of time, to be added: also '1-6' YEAR TO MONTH, '1 02:30' DAY TO MINUTE.",
        "DATE '2020-01-31' + INTERVAL '1' MONTH",
        "DATE '2020-02-29'"
      ),
      entry("ARRAY[value, …]", "An array of one type.", "ARRAY[1, NULL, 3]", "ARRAY[1, NULL, 3]"),
      entry("MAP[key, value, …]", "A map with STRING keys.", "MAP['a', 1, 'b', 2]", "MAP['a', 1, 'b', 2]")
    ]
  },
  {
    title: "Operators",
    entries: [
      entry("a = b, <>, !=, <, <=, >, >=", "Comparison; NULL when one side is.", "2 < 10", "TRUE"),
      entry(
        "a IS [NOT] DISTINCT FROM b",
        "Comparison in which NULL equals NULL.",
        "NULL IS DISTINCT FROM 1",
        "TRUE"
      ),
      entry(
        "a [NOT] BETWEEN [SYMMETRIC] b AND c",
        "Within both bounds; SYMMETRIC takes them in either order.",
        "12 BETWEEN SYMMETRIC 15 AND 12",
        "TRUE"
      ),
      entry("a [NOT] IN (b, c, …)", "Among the values.", "4 IN (1, 2, NULL)", "NULL"),
      entry(
        "a [NOT] LIKE pattern [ESCAPE c]",
        "`%` is any text, `_` one character.",
        "'50%' LIKE '%!%' ESCAPE '!'",
        "TRUE"
      ),
      entry(
        "a [NOT] SIMILAR TO pattern [ESCAPE c]",
        "LIKE with `|`, `*`, `+`, `?`, `{2,3}`, `( )`, `[a-z]`, `[[:DIGIT:]]`, held against the whole string; the pattern is constant.",
        "'abbc' SIMILAR TO 'a(b|d)+_'",
        "TRUE"
      ),
      entry("a AND b, a OR b, NOT a", "Three-valued logic.", "FALSE AND NULL", "FALSE"),
      entry("a IS [NOT] NULL, TRUE, FALSE, UNKNOWN", "Never NULL itself.", "NULL IS UNKNOWN", "TRUE"),
      entry(
        "a IS [NOT] JSON [VALUE, SCALAR, ARRAY, OBJECT]",
        "Whether a string is JSON; FALSE for NULL.",
        "'[1]' IS JSON ARRAY",
        "TRUE"
      ),
      entry(
        "a + b, -, *, /, %",
        "Arithmetic: exact for INT, BIGINT and DECIMAL, where overflow and division by zero are errors; `/` of integers truncates.",
        "7 / 2",
        "3"
      ),
      entry(
        "date ± INTERVAL",
        "Moved; a DATE with hours becomes a TIMESTAMP.",
        "TIMESTAMP '2020-01-01 00:00:00' - INTERVAL '1' SECOND",
        "TIMESTAMP '2019-12-31 23:59:59.000'"
      ),
      entry("a || b", "Joined strings.", "'a' || 'b'", "'ab'"),
      entry(
        "array[1], map['k'], row.field",
        "An element from 1, a value, a field; NULL where there is none.",
        "ARRAY['a', 'b'][2]",
        "'b'"
      ),
      entry(
        "CASE WHEN a THEN b … ELSE c END",
        "The first whose condition is TRUE; also CASE x WHEN value THEN …",
        "CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END",
        "'b'"
      )
    ]
  },
  {
    title: "Conversions and extractions",
    entries: [
      entry(
        "CAST(value AS type)",
        "To BOOLEAN, INT, BIGINT, FLOAT, DOUBLE, DECIMAL(p, s), STRING, BYTES, DATE, TIME or TIMESTAMP; an error where it cannot be.",
        "CAST('42' AS INT)",
        "42"
      ),
      entry("TRY_CAST(value AS type)", "CAST, but NULL where it cannot be.", "TRY_CAST('x' AS INT)", "NULL"),
      entry(
        "EXTRACT(unit FROM value)",
        "A part: YEAR, QUARTER, MONTH, WEEK, DAY, DOW, DOY, HOUR, MINUTE, SECOND, ISODOW, ISOYEAR, DECADE, CENTURY, MILLENNIUM, EPOCH.",
        "EXTRACT(EPOCH FROM TIMESTAMP '1970-01-02 00:00:00')",
        "86400"
      ),
      entry(
        "TRIM([BOTH | LEADING | TRAILING] characters FROM string)",
        "Without those of the characters at its ends; TRIM(string) takes spaces.",
        "TRIM(LEADING 'x' FROM 'xxay')",
        "'ay'"
      )
    ]
  },
  {
    title: "JSON",
    entries: [
      entry(
        "JSON_VALUE(json, path [RETURNING type] [… ON EMPTY] [… ON ERROR])",
        "A scalar; NULL, ERROR or DEFAULT value where there is none. Paths are constant: `$.a[0]['b c']`, `[*]`, with `strict` before for errors.",
        "JSON_VALUE('{\"a\": [7]}', '$.a[0]' RETURNING INT)",
        "7"
      ),
      entry(
        "JSON_QUERY(json, path [WITH WRAPPER] [… ON EMPTY] [… ON ERROR])",
        "An object or array as text; scalars WITH WRAPPER.",
        'JSON_QUERY(\'{"a": [{"b": 1}, {"b": 2}]}\', \'$.a[*].b\')',
        "'[1,2]'"
      ),
      entry(
        "JSON_EXISTS(json, path [… ON ERROR])",
        "Whether the path finds something.",
        "JSON_EXISTS('{\"a\": null}', '$.a')",
        "TRUE"
      )
    ]
  }
]
