import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"
import { canonicalLines } from "../../compare-lines.ts"
import { expectedFile } from "../compare.ts"
import { writeEvents } from "../prepare.ts"
import { type AuctionSettings, type QueryName, usualSettings } from "../settings.ts"

/**
 * What the queries must give, derived by another engine: SQL of DuckDB over the events that `writeEvents` wrote. Windows are
 * spelled out, for DuckDB has none: instants are whole ms since 1970.
 */
export const deriveExpected = async (
  events: string,
  settings: AuctionSettings,
  names: readonly QueryName[]
): Promise<{ readonly [name: string]: string }> => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  try {
    for (const table of tables(events)) await connection.run(table)
    const given: { [name: string]: string } = {}
    for (const name of names) given[name] = await linesOf(connection, queries[name](settings))
    return given
  } finally {
    connection.closeSync()
  }
}

const linesOf = async (connection: DuckDBConnection, query: string): Promise<string> => {
  const result = await connection.runAndReadAll(`SELECT to_json(row)::VARCHAR FROM (${query}) AS row`)
  return canonicalLines(
    result
      .getRows()
      .map(([line]) => String(line))
      .join("\n")
  )
}

const columns = {
  person: `STRUCT(id BIGINT, name VARCHAR, emailAddress VARCHAR, creditCard VARCHAR, city VARCHAR, state VARCHAR,
    dateTime BIGINT, extra VARCHAR)`,
  auction: `STRUCT(id BIGINT, itemName VARCHAR, description VARCHAR, initialBid BIGINT, reserve BIGINT, dateTime BIGINT,
    expires BIGINT, seller BIGINT, category BIGINT, extra VARCHAR)`,
  bid: `STRUCT(auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, dateTime BIGINT, extra VARCHAR)`
}

const tables = (events: string): readonly string[] => {
  const types = Object.entries(columns).map(([name, type]) => `'${name}': '${type}'`)
  const file = `'${events.replaceAll("'", "''")}'`
  return [
    `CREATE TABLE event AS FROM read_ndjson(${file}, columns = { ${types.join(", ")} })`,
    ...Object.keys(columns).map(
      (name) => `CREATE TABLE ${name} AS SELECT ${name}.* FROM event WHERE ${name} IS NOT NULL`
    )
  ]
}

/** As the files sink writes it. */
const instant = (ms: string): string => `strftime(make_timestamp((${ms}) * 1000), '%Y-%m-%dT%H:%M:%S.%gZ')`

/** The winning bids as in Nexmark's q9; of equal ones that of the lower bidder, which Nexmark leaves open. */
const winning = `
  SELECT * FROM (
    SELECT A.*, B.auction, B.bidder, B.price, B.dateTime AS bid_dateTime, B.extra AS bid_extra,
      row_number() OVER (PARTITION BY A.id ORDER BY B.price DESC, B.dateTime, B.bidder, B.extra) AS place
    FROM auction A JOIN bid B ON A.id = B.auction AND B.dateTime BETWEEN A.dateTime AND A.expires
  ) WHERE place = 1`

const queries: { readonly [name in QueryName]: (settings: AuctionSettings) => string } = {
  q0: () => `SELECT auction, bidder, price, ${instant("dateTime")} AS dateTime, extra FROM bid`,

  q1: () => `
    SELECT auction, bidder, (0.908 * price)::VARCHAR AS price, ${instant("dateTime")} AS dateTime, extra FROM bid`,

  q2: () => "SELECT auction, price FROM bid WHERE auction % 123 = 0",

  q3: () => `
    SELECT P.name, P.city, P.state, A.id FROM auction A JOIN person P ON A.seller = P.id
    WHERE A.category = 10 AND (P.state = 'OR' OR P.state = 'ID' OR P.state = 'CA')`,

  q4: () => `
    SELECT category, count(*) AS auctions, avg(final) AS avg_price FROM (
      SELECT max(B.price) AS final, A.category FROM auction A, bid B
      WHERE A.id = B.auction AND B.dateTime BETWEEN A.dateTime AND A.expires
      GROUP BY A.id, A.category
    ) GROUP BY category`,

  q5: ({ size, slide }) => `
    WITH hop AS (
      SELECT auction, starttime, count(*) AS num FROM (
        SELECT auction, (dateTime // ${slide}) * ${slide} - back * ${slide} AS starttime
        FROM bid, range(${size / slide}) AS hops(back)
      ) GROUP BY auction, starttime
    )
    SELECT auction, num, ${instant("starttime")} AS starttime, ${instant(`starttime + ${size}`)} AS endtime
    FROM hop JOIN (SELECT starttime, max(num) AS most FROM hop GROUP BY starttime) USING (starttime)
    WHERE num >= most`,

  q7: ({ size }) => `
    SELECT B.auction, B.price, B.bidder, ${instant("B.dateTime")} AS dateTime, B.extra FROM bid B JOIN (
      SELECT max(price) AS maxprice, (dateTime // ${size} + 1) * ${size} AS ending
      FROM bid GROUP BY ending
    ) B1 ON B.price = B1.maxprice AND B.dateTime >= B1.ending - ${size} AND B.dateTime < B1.ending`,

  q8: ({ size }) => `
    SELECT P.id, P.name, ${instant("P.starttime")} AS starttime FROM (
      SELECT id, name, (dateTime // ${size}) * ${size} AS starttime FROM person GROUP BY ALL
    ) P JOIN (
      SELECT seller, (dateTime // ${size}) * ${size} AS starttime FROM auction GROUP BY ALL
    ) A ON P.id = A.seller AND P.starttime = A.starttime`,

  q9: () => `
    SELECT * EXCLUDE (place) REPLACE (${instant("dateTime")} AS dateTime, ${instant("expires")} AS expires,
      ${instant("bid_dateTime")} AS bid_dateTime)
    FROM (${winning})`,

  // Of bids of one moment the one that begins a session comes first.
  q11: ({ gap }) => `
    SELECT bidder, count(*) AS bid_count, ${instant("min(dateTime)")} AS starttime,
      ${instant(`max(dateTime) + ${gap}`)} AS endtime
    FROM (
      SELECT bidder, dateTime, sum(begins) OVER (
        PARTITION BY bidder ORDER BY dateTime, begins DESC ROWS UNBOUNDED PRECEDING) AS session
      FROM (
        SELECT bidder, dateTime,
          CASE WHEN dateTime - lag(dateTime) OVER (PARTITION BY bidder ORDER BY dateTime) < ${gap} THEN 0 ELSE 1 END AS begins
        FROM bid
      )
    ) GROUP BY bidder, session`
}

// Writes what `npm start -- auctions` compares with beside this file.
if (import.meta.main) {
  const events = join(import.meta.dirname, "../data/events.ndjson")
  writeEvents(events, usualSettings)
  const derived = await deriveExpected(events, usualSettings, ["q4", "q5", "q7"])
  for (const [name, text] of Object.entries(derived)) writeFileSync(expectedFile(name), text)
  rmSync(events)
}
