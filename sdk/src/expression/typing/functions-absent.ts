const noRegex =
  "regular expressions can take exponential time on one record; use LIKE, STARTS_WITH or POSITION"
const noClock =
  "an expression gives the same result when a record is run again; read a timestamp field instead"
const noAggregate = "an expression sees one record; counting over records is a processor's work"

/** Functions that people look for and that are not there, with the reason and what to use instead. */
export const absentFunctions: ReadonlyMap<string, string> = new Map([
  ["REGEXP", noRegex],
  ["REGEXP_EXTRACT", noRegex],
  ["REGEXP_LIKE", noRegex],
  ["REGEXP_MATCHES", noRegex],
  ["REGEXP_REPLACE", noRegex],
  ["RLIKE", noRegex],
  ["SIMILAR", noRegex],
  ["CURRENT_DATE", noClock],
  ["CURRENT_TIMESTAMP", noClock],
  ["NOW", noClock],
  ["PROCTIME", noClock],
  ["RAND", noClock],
  ["RANDOM", noClock],
  ["UUID", noClock],
  ["AVG", noAggregate],
  ["COUNT", noAggregate],
  ["MAX", "GREATEST compares values of one record; over records it is a processor's work"],
  ["MIN", "LEAST compares values of one record; over records it is a processor's work"],
  ["SUM", noAggregate],
  ["BTRIM", "use TRIM"],
  ["CHARINDEX", "use POSITION(part IN string)"],
  ["DATE_PART", "use EXTRACT(unit FROM value)"],
  ["DAY", "use DAYOFMONTH"],
  ["IIF", "use IF"],
  ["INSTR", "use POSITION(part IN string)"],
  ["ISNULL", "use IS NULL, or COALESCE"],
  ["LCASE", "use LOWER"],
  ["LEFT", "use SUBSTRING(string, 1, length)"],
  ["LEN", "use LENGTH"],
  ["NVL", "use COALESCE"],
  ["POW", "use POWER"],
  ["RIGHT", "use SUBSTRING(string, -length)"],
  ["TO_CHAR", "use CAST(… AS STRING)"],
  ["TO_DATE", "use CAST(… AS DATE)"],
  ["TO_NUMBER", "use CAST(… AS DOUBLE)"],
  ["TO_TIMESTAMP", "use CAST(… AS TIMESTAMP)"],
  ["UCASE", "use UPPER"]
])
