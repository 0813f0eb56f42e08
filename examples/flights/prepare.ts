import { copyFileSync, createWriteStream, existsSync, mkdirSync, renameSync } from "node:fs"
import { join } from "node:path"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"
import avsc, { type Schema } from "avsc"
import { airportsFile, feeds, loadFlights, type Size } from "./raw.ts"

/** What is written of a flight: when it left, how late it came in (minutes, below 0: early), miles, from where to where. */
const schema: Schema = {
  type: "record",
  name: "us.Flight",
  fields: [
    { name: "date", type: { type: "long", logicalType: "timestamp-millis" } },
    { name: "delay", type: "int" },
    { name: "distance", type: "int" },
    { name: "origin", type: "string" },
    { name: "destination", type: "string" }
  ]
}

const data = join(import.meta.dirname, "data")

/** The folder with a size's feeds, one Avro container file each. */
export const flightsFolder = (size: Size): string => join(data, `flights-${size}`)

/**
 * Puts the example's data in its place: the airports, and a size's flights as they are reported, by DuckDB, a chunk at a
 * time. Files that are there are left alone. `say` is told how far it is.
 */
export const prepareFlights = async (size: Size, say: (line: string) => void = () => {}): Promise<void> => {
  const folder = flightsFolder(size)
  mkdirSync(folder, { recursive: true })
  copyFileSync(airportsFile, join(data, "airports.csv"))
  const missing = feeds.filter((feed) => !existsSync(join(folder, `${feed}.avro`)))
  if (missing.length === 0) return
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  try {
    say(`flights-${size}: putting them in the order of their reports`)
    await loadFlights(connection, size)
    for (const feed of missing) await writeFeed(connection, feed, join(folder, `${feed}.avro`), say)
  } finally {
    connection.closeSync()
  }
}

const writeFeed = async (
  connection: DuckDBConnection,
  feed: string,
  file: string,
  say: (line: string) => void
): Promise<void> => {
  const unfinished = `${file}.inprogress`
  await pipeline(
    Readable.from(flightsOf(connection, feed, say)),
    new avsc.streams.BlockEncoder(schema),
    createWriteStream(unfinished)
  )
  renameSync(unfinished, file)
}

const tellEvery = 500_000

async function* flightsOf(connection: DuckDBConnection, feed: string, say: (line: string) => void) {
  const result = await connection.stream(
    `SELECT epoch_ms(date), delay::INTEGER, distance::INTEGER, origin, destination
    FROM flight WHERE feed = '${feed}' ORDER BY place`
  )
  let count = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) break
    for (const [date, delay, distance, origin, destination] of chunk.getRows()) {
      yield { date: Number(date), delay, distance, origin, destination }
      count += 1
      if (count % tellEvery === 0) say(`${feed}: ${count.toLocaleString("en")} flights`)
    }
  }
  say(`${feed}: ${count.toLocaleString("en")} flights, in ${feed}.avro`)
}

if (import.meta.main) {
  const size = process.argv[2] ?? "20k"
  if (size !== "20k" && size !== "3m") {
    process.stderr.write(`prepare: no size ${size}: give 20k or 3m\n`)
    process.exit(64)
  }
  await prepareFlights(size, (line) => void process.stderr.write(`${line}\n`))
}
