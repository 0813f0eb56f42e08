import {
  createWriteStream,
  mkdirSync,
  openSync,
  closeSync,
  fsyncSync,
  readFileSync,
  writeFileSync
} from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { pipeline } from "node:stream/promises"
import { Readable } from "node:stream"
import type avsc from "avsc"

// The peer of the movies bench: what a person would write by hand for this one job, without a sandbox, a log or state that
// outlives it. The stream between reading and filtering is an Avro container file, as the example names it. Run as a
// program: `node movies-peer.ts IN OUT`, answers its figures as JSON.

const library: typeof avsc = createRequire(import.meta.url)("avsc")

const nullable = (type: string) => ({ type: ["null", type], default: null })

const schema: avsc.Schema = {
  type: "record",
  name: "Movie",
  fields: [
    { name: "title", ...nullable("string") },
    { name: "released", type: ["null", { type: "int", logicalType: "date" }] },
    { name: "director", ...nullable("string") },
    { name: "genre", ...nullable("string") },
    { name: "mpaaRating", ...nullable("string") },
    { name: "minutes", ...nullable("int") },
    { name: "budget", ...nullable("long") },
    { name: "gross", ...nullable("long") },
    { name: "imdbRating", ...nullable("double") },
    { name: "imdbVotes", ...nullable("long") }
  ]
}

const movieType = library.Type.forSchema(schema)

interface Movie {
  readonly title: string | null
  readonly released: number
  readonly director: string | null
  readonly mpaaRating: string | null
  readonly budget: number | null
  readonly gross: number | null
  readonly imdbRating: number | null
  readonly imdbVotes: number | null
}

type Raw = { readonly [name: string]: string | number | null }

const text = (value: string | number | null | undefined) =>
  value === null || value === undefined ? null : String(value)
const number = (value: string | number | null | undefined) =>
  value === null || value === undefined ? null : Number(value)

const readMovies = (path: string): readonly object[] => {
  const raws: readonly Raw[] = JSON.parse(readFileSync(path, "utf8"))
  return raws.map((raw) => ({
    title: text(raw["Title"]),
    released: Date.parse(`${raw["Release Date"]} UTC`) / 86_400_000,
    director: text(raw["Director"]),
    genre: text(raw["Major Genre"]),
    mpaaRating: text(raw["MPAA Rating"]),
    minutes: number(raw["Running Time min"]),
    budget: number(raw["Production Budget"]),
    gross: number(raw["Worldwide Gross"]),
    imdbRating: number(raw["IMDB Rating"]),
    imdbVotes: number(raw["IMDB Votes"])
  }))
}

interface Rating {
  readonly minimumAge: number
  readonly meaning: string
}

const readRatings = (path: string): ReadonlyMap<string, Rating> =>
  new Map(
    readFileSync(path, "utf8")
      .split("\n")
      .slice(1)
      .filter((line) => line !== "")
      .map((line) => {
        const [, code = "", age = "", meaning = ""] = /^([^,]*),([^,]*),"?(.*?)"?$/.exec(line) ?? []
        return [code, { minimumAge: Number(age), meaning }]
      })
  )

const isMovie = (value: unknown): value is Movie =>
  typeof value === "object" && value !== null && "imdbRating" in value && "released" in value

const run = async (input: string, output: string): Promise<number> => {
  const movies = readMovies(join(input, "data/movies.json"))
  const stream = join(output, "movies.avro")
  await pipeline(
    Readable.from(movies),
    new library.streams.BlockEncoder(movieType),
    createWriteStream(stream)
  )
  const ratings = readRatings(join(input, "ratings.csv"))
  const counts = new Map<string, number>()
  const films: string[] = []
  const directors: string[] = []
  for await (const movie of library.createFileDecoder(stream)) {
    if (!isMovie(movie) || movie.imdbRating === null || movie.imdbRating < 7) continue
    const rating = movie.mpaaRating === null ? undefined : ratings.get(movie.mpaaRating)
    const released = new Date(movie.released * 86_400_000).toISOString().slice(0, 10)
    const director = movie.director ?? "unknown"
    films.push(
      JSON.stringify({
        title: movie.title,
        released,
        year: Number(released.slice(0, 4)),
        director,
        rating: movie.imdbRating,
        votes: movie.imdbVotes,
        mpaaRating: movie.mpaaRating,
        profit: movie.gross === null || movie.budget === null ? null : movie.gross - movie.budget,
        minimumAge: rating?.minimumAge ?? null,
        audience: rating?.meaning ?? null
      })
    )
    const count = (counts.get(director) ?? 0) + 1
    counts.set(director, count)
    directors.push(JSON.stringify({ director, films: count }))
  }
  writeDurably(join(output, "films/part-0.ndjson"), films)
  writeDurably(join(output, "directors/part-0.ndjson"), directors)
  return movies.length
}

const writeDurably = (path: string, lines: readonly string[]): void => {
  mkdirSync(dirname(path), { recursive: true })
  const file = openSync(path, "w")
  writeFileSync(file, `${lines.join("\n")}\n`)
  fsyncSync(file)
  closeSync(file)
}

const [input = "", output = ""] = process.argv.slice(2)
const started = process.hrtime.bigint()
const before = process.cpuUsage()
const records = await run(input, output)
const { system, user } = process.cpuUsage(before)
const seconds = Number(process.hrtime.bigint() - started) / 1e9
process.stdout.write(JSON.stringify({ records, cpuSeconds: (user + system) / 1e6, seconds }))
