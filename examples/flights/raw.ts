import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { DuckDBConnection } from "@duckdb/node-api"

/** Flights of vega-datasets: 20,000 of the first quarter of 2001, or 3,000,000 of its first half. */
export type Size = "20k" | "3m"

/** Two control centres report, each in a file of its own: those of the airports east and west of 100 degrees west. */
export const feeds = ["east", "west"] as const

const vega = join(dirname(fileURLToPath(import.meta.resolve("vega-datasets"))), "../data")
/** 3,376 airports with their places. */
export const airportsFile = join(vega, "airports.csv")

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

const source = {
  "20k": `(SELECT strptime(date, '%Y/%m/%d %H:%M') AS date, delay, distance, origin, destination
    FROM read_json(${literal(join(vega, "flights-20k.json"))},
      columns = { date: 'VARCHAR', delay: 'INTEGER', distance: 'INTEGER', origin: 'VARCHAR', destination: 'VARCHAR' }))`,
  "3m": literal(join(vega, "flights-3m.parquet"))
}

/**
 * Makes the tables `airport` and `flight`. A flight is reported when it has landed, so late as it was delayed: `place` is
 * its number in its feed, in the order of `date` (when it left) + max(`delay`, 0) minutes. What is reported at one time
 * stands in the order of all its values.
 */
export const loadFlights = async (connection: DuckDBConnection, size: Size): Promise<void> => {
  await connection.run(
    `CREATE TABLE airport AS SELECT * FROM read_csv(${literal(airportsFile)}, header = true)`
  )
  await connection.run(`
    CREATE TABLE flight AS
    SELECT flight.*,
      CASE WHEN airport.longitude >= -100 THEN 'east' ELSE 'west' END AS feed,
      row_number() OVER (
        PARTITION BY airport.longitude >= -100
        ORDER BY date + to_minutes(greatest(delay, 0)::BIGINT), date, origin, destination, delay, distance
      ) AS place
    FROM ${source[size]} AS flight JOIN airport ON airport.iata = flight.origin`)
}
