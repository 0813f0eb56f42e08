const noClock =
  "an expression gives the same result when a record is run again; read a timestamp field instead"
const noChance =
  "an expression gives the same result when a record is run again; take MD5 of the record's own id, or a processor's random"
const noAggregate = "an expression sees one record; counting over records is a processor's work"

/** Functions that people look for and that are not there, with the reason and what to use instead. */
export const absentFunctions: ReadonlyMap<string, string> = new Map([
  ["REGEXP_MATCHES", "use REGEXP"],
  ["SIMILAR", "write value SIMILAR TO pattern"],
  ["CURRENT_DATE", noClock],
  ["CURRENT_TIMESTAMP", noClock],
  ["NOW", noClock],
  ["PROCTIME", noClock],
  ["CURRENT_TIME", noClock],
  ["CURRENT_ROW_TIMESTAMP", noClock],
  ["CURRENT_WATERMARK", "an expression sees one record; a processor reads context.watermark"],
  ["LOCALTIME", noClock],
  ["LOCALTIMESTAMP", noClock],
  ["RAND", noChance],
  ["RAND_INTEGER", noChance],
  ["RANDOM", noChance],
  ["UUID", noChance],
  ["GEN_RANDOM_UUID", noChance],
  ["AVG", noAggregate],
  ["COUNT", noAggregate],
  ["MAX", "GREATEST compares values of one record; over records it is a processor's work"],
  ["MIN", "LEAST compares values of one record; over records it is a processor's work"],
  ["SUM", noAggregate],
  ["CHARINDEX", "use POSITION(part IN string)"],
  ["DATE_PART", "use EXTRACT(unit FROM value)"],
  ["DAY", "use DAYOFMONTH"],
  ["IIF", "use IF"],
  ["ISNULL", "use IS NULL, or COALESCE"],
  ["LCASE", "use LOWER"],
  ["LEN", "use LENGTH"],
  ["POW", "use POWER"],
  ["TO_CHAR", "use CAST(… AS STRING)"],
  ["TO_NUMBER", "use CAST(… AS DOUBLE)"],
  ["ARRAY_AGG", noAggregate],
  ["DATEDIFF", "use TIMESTAMPDIFF(DAY, from, to)"],
  ["DATE_ADD", "write date + INTERVAL '1' DAY"],
  ["DATE_TRUNC", "use FLOOR(timestamp TO DAY)"],
  ["GET_JSON_OBJECT", "use JSON_VALUE(json, '$.key')"],
  ["JSON_EXTRACT", "use JSON_VALUE or JSON_QUERY"],
  ["LIST_VALUE", "write ARRAY[…]"],
  ["SPLIT_PART", "use SPLIT_INDEX, which counts from 0"],
  ["STRFTIME", "use DATE_FORMAT(timestamp, 'yyyy-MM-dd')"],
  ["UCASE", "use UPPER"]
])
