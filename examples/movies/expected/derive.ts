import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { canonicalLines } from "../../compare-lines.ts"

/**
 * What the pipelines must give, derived by another engine: SQL of DuckDB straight over the data. `node derive.ts` writes
 * it beside this file; a test derives it again and compares.
 */
export const deriveExpected = async (
  data: string,
  ratings: string
): Promise<{ readonly [name: string]: string }> => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  const given: { [name: string]: string } = {}
  await connection.run(rated(data, ratings))
  for (const [name, query] of Object.entries(queries)) {
    const result = await connection.runAndReadAll(
      `SELECT to_json(row)::VARCHAR AS line FROM (${query}) AS row`
    )
    given[name] = canonicalLines(
      result
        .getRows()
        .map(([line]) => String(line))
        .join("\n")
    )
  }
  connection.closeSync()
  return given
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** The films with a rating of 7 and more, in the order of the file; every one of its values read as text at first. */
const rated = (data: string, ratings: string): string => `
CREATE TABLE film AS
WITH item AS (
  SELECT unnest(from_json(content, '["JSON"]')) AS film, generate_subscripts(from_json(content, '["JSON"]'), 1) AS place
  FROM read_text(${literal(data)})
), code AS (
  SELECT * FROM read_csv(${literal(ratings)}, header = true,
    columns = { 'code': 'VARCHAR', 'minimumAge': 'INTEGER', 'meaning': 'VARCHAR' })
)
SELECT place,
  film ->> '$.Title' AS title,
  strptime(film ->> '$."Release Date"', '%b %d %Y')::DATE AS released,
  year(strptime(film ->> '$."Release Date"', '%b %d %Y')) AS year,
  coalesce(film ->> '$.Director', 'unknown') AS director,
  (film ->> '$."IMDB Rating"')::DOUBLE AS rating,
  (film ->> '$."IMDB Votes"')::BIGINT AS votes,
  film ->> '$."MPAA Rating"' AS mpaaRating,
  (film ->> '$."Worldwide Gross"')::BIGINT - (film ->> '$."Production Budget"')::BIGINT AS profit,
  code.minimumAge AS minimumAge,
  code.meaning AS audience
FROM item LEFT JOIN code ON code.code = (item.film ->> '$."MPAA Rating"')
WHERE (film ->> '$."IMDB Rating"')::DOUBLE >= 7`

const queries = {
  films: "SELECT * EXCLUDE (place) FROM film",
  directors: "SELECT director, row_number() OVER (PARTITION BY director ORDER BY place) AS films FROM film",
  prolific: "SELECT director, 3 AS films FROM film GROUP BY director HAVING count(*) >= 3"
}

/** Where the committed answers stand. */
export const expectedFile = (name: string): string => join(import.meta.dirname, `${name}.ndjson`)

if (import.meta.main) {
  const movies = join(import.meta.dirname, "..")
  const derived = await deriveExpected(join(movies, "data/movies.json"), join(movies, "ratings.csv"))
  for (const [name, text] of Object.entries(derived)) {
    writeFileSync(expectedFile(name), text)
    const lines = readFileSync(expectedFile(name), "utf8").split("\n").length - 1
    process.stdout.write(`${name}: ${lines} records\n`)
  }
}
