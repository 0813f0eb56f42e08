import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"
import { expectedFile, kept, outputs } from "../compare.ts"
import { loadFlights, type Size } from "../raw.ts"

/**
 * What the pipeline must give, derived by another engine: SQL of DuckDB over the raw data of vega-datasets. `node derive.ts`
 * writes it beside this file; a test derives it again and compares.
 */

/**
 * Each flight with the watermark that its feed had just before it: the newest departure among all that the feed had
 * reported, less the hour that they may be out of order; NULL before the first. From it follow the two ways to be late:
 * `isLate`, for its hour was over, and `isBehind`, behind the watermark, which sessions go by.
 */
const judged = `
CREATE TABLE judged AS
SELECT *,
  coalesce(date_trunc('hour', date) + INTERVAL 1 HOUR <= watermark, false) AS isLate,
  coalesce(date < watermark, false) AS isBehind
FROM (
  SELECT *, max(date) OVER (
    PARTITION BY feed ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  ) - INTERVAL 1 HOUR AS watermark
  FROM flight)`

const instant = (value: string): string => `strftime(${value}, '%Y-%m-%dT%H:%M:%S.000Z')`
const clock = (value: string): string => `strftime(${value}, '%H:%M')`

const queries: { readonly [name in (typeof outputs)[number]["name"]]: string } = {
  hours: `
    SELECT origin AS airport, airport.city, airport.state, ${instant("date_trunc('hour', date)")} AS hour,
      count(*) AS flights,
      count(*) FILTER (WHERE delay >= 15) / count(*) AS share,
      avg(delay) AS meanDelay
    FROM judged JOIN airport ON airport.iata = judged.origin
    WHERE NOT isLate
    GROUP BY origin, airport.city, airport.state, date_trunc('hour', date)`,

  late: `
    SELECT ${instant("date")} AS date, delay, distance, origin, destination, airport.city, airport.state,
      ${instant("windowEnd")} AS windowEnd,
      date_diff('minute', date, newest) AS minutesBehind,
      format('it came in {} minutes late: its window ended at {}, and flights that left at {} were reported before it',
        delay, ${clock("windowEnd")}, ${clock("newest")}) AS why
    FROM (
      SELECT *, date_trunc('hour', date) + INTERVAL 1 HOUR AS windowEnd, watermark + INTERVAL 1 HOUR AS newest
      FROM judged WHERE isLate
    ) AS late JOIN airport ON airport.iata = late.origin`,

  // A flight that left less than six hours after the one before it is in its session.
  sessions: `
    SELECT origin, destination, ${instant("min(date)")} AS "from", ${instant("max(date) + INTERVAL 6 HOUR")} AS until,
      count(*) AS flights, max(delay) AS worstDelay, sum(distance) AS miles
    FROM (
      SELECT *, count(*) FILTER (WHERE isFirst) OVER (
        PARTITION BY origin, destination ORDER BY date ROWS UNBOUNDED PRECEDING
      ) AS session
      FROM (
        SELECT *, coalesce(date - lag(date) OVER (PARTITION BY origin, destination ORDER BY date) >= INTERVAL 6 HOUR, true)
          AS isFirst
        FROM judged WHERE NOT isBehind))
    GROUP BY origin, destination, session`,

  "very-late": `
    SELECT ${instant("date")} AS date, delay, distance, origin, destination, airport.city, airport.state
    FROM judged JOIN airport ON airport.iata = judged.origin
    WHERE delay >= 120`
}

/** How many flights there are, how many of them came too late for their hour, and how many behind the watermark. */
export interface Counts {
  readonly flights: number
  readonly late: number
  readonly behind: number
}

export interface Derived {
  readonly counts: Counts
  /** NDJSON by output. */
  readonly outputs: { readonly [name: string]: string }
}

export const deriveFlights = async (size: Size): Promise<Derived> => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  try {
    await loadFlights(connection, size)
    await connection.run(judged)
    const [counts] = await read(
      connection,
      "SELECT count(*), count_if(isLate), count_if(isBehind) FROM judged"
    )
    const [flights, late, behind] = (counts ?? []).map(Number)
    const given: { [name: string]: string } = {}
    for (const { name } of outputs) {
      const rows = await read(connection, `SELECT to_json(row)::VARCHAR FROM (${queries[name]}) AS row`)
      given[name] = rows.map(([line]) => `${String(line)}\n`).join("")
    }
    return { counts: { flights: flights ?? 0, late: late ?? 0, behind: behind ?? 0 }, outputs: given }
  } finally {
    connection.closeSync()
  }
}

const read = async (connection: DuckDBConnection, query: string) =>
  (await connection.runAndReadAll(query)).getRows()

/** Where the committed counts stand. */
export const countsFile = (size: Size): string => join(import.meta.dirname, size, "counts.json")

if (import.meta.main) {
  for (const size of ["20k", "3m"] as const) {
    const { counts, outputs: texts } = await deriveFlights(size)
    mkdirSync(dirname(countsFile(size)), { recursive: true })
    writeFileSync(countsFile(size), `${JSON.stringify(counts)}\n`)
    for (const output of outputs)
      writeFileSync(expectedFile(size, output.name), kept(texts[output.name] ?? "", output))
    process.stdout.write(`${size}: ${JSON.stringify(counts)}\n`)
  }
}
