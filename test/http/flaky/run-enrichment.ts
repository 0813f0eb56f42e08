import { mkdirSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { DeadLetterView, RecordPage } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { root, temporaryFolder } from "../../input/program.ts"
import { knownOf, openFilmApi, ratingOf } from "./film-api.ts"
import { killedPlatform, type Victim } from "./killed-platform.ts"

export interface EnrichmentOptions {
  readonly seed: number
  /** Records, and different films among them. */
  readonly records: number
  readonly films: number
  /** Of http-enrich, without its url. */
  readonly config: object
  readonly share: number
  /** Who is killed when the API gets the request of this number. */
  readonly kills: ReadonlyMap<number, Victim>
}

export interface Enrichment {
  /** Films that were asked for, request by request. */
  readonly asked: readonly (readonly string[])[]
  /** `n` of each record that came out, with its rating, by `n`. */
  readonly rated: readonly (readonly [n: number, rating: number | null])[]
  readonly dead: readonly { readonly n: number; readonly message: string }[]
  readonly killed: number
}

const decodeLetters = Schema.decodeUnknownSync(Schema.Array(DeadLetterView))
const decodePage = Schema.decodeUnknownSync(RecordPage)
const Rated = Schema.Struct({ n: Schema.Int, film: Schema.String, rating: Schema.NullOr(Schema.Number) })
const decodeRated = Schema.decodeUnknownSync(Rated)

export const filmOf = (n: number, films: number): string => `f${n % films}`

/** What came of records: those that came out, and `n` of those that became dead letters. */
export interface Outcome {
  readonly rated: Enrichment["rated"]
  readonly dead: readonly number[]
}

export const outcomeOf = ({ dead, rated }: Enrichment): Outcome => ({ rated, dead: dead.map(({ n }) => n) })

/** What should come of the records, where the API's failures are dead letters or null. */
export const expected = ({ films, records }: EnrichmentOptions, onError: "fail" | "null"): Outcome => {
  const numbers = Array.from({ length: records }, (_, n) => n)
  const isDead = (n: number): boolean => onError === "fail" && knownOf(filmOf(n, films)) === "failure"
  return {
    dead: numbers.filter(isDead),
    rated: numbers
      .filter((n) => !isDead(n))
      .map((n) => [n, knownOf(filmOf(n, films)) === "rating" ? ratingOf(filmOf(n, films)) : null])
  }
}

/** Enriches records from a file by an API that fails, while processes are killed. */
export const enrich = async (options: EnrichmentOptions): Promise<Enrichment> => {
  const folder = temporaryFolder()
  mkdirSync(join(folder.path, "in"))
  const lines = Array.from({ length: options.records }, (_, n) =>
    JSON.stringify({ n, film: filmOf(n, options.films) })
  )
  writeFileSync(join(folder.path, "in/watched.ndjson"), `${lines.join("\n")}\n`)
  const platform = await killedPlatform(join(folder.path, "data")).catch((error: unknown) => {
    folder.remove()
    throw error
  })
  let killed = 0
  const api = await openFilmApi({
    ...options,
    onRequest: async (number) => {
      const victim = options.kills.get(number)
      if (victim === undefined) return
      killed += 1
      await platform.kill(victim)
    }
  })
  try {
    const file = join(folder.path, "films.pipeline.yaml")
    writeFileSync(file, pipelineOf(folder.path, { url: api.origin, ...options.config }))
    const applied = await platform.platform().command("apply", file, "--grant")
    if (applied.exit !== 0) throw new Error(applied.stderr)
    await platform.completed("films")
    const { get } = platform.platform()
    const letters = decodeLetters((await get("/api/status/films/dead-letters?limit=1000")).body)
    const { records } = decodePage((await get("/api/topics/shop.rated/records?limit=1000")).body)
    const rated = records
      .filter(({ control }) => control === undefined)
      .map(({ value }) => decodeRated(value))
      .map(({ n, rating }) => [n, rating] as const)
      .toSorted(([left], [right]) => left - right)
    const dead = letters
      .map(({ message, value }) => ({ n: Number(Object(value).n), message }))
      .toSorted((left, right) => left.n - right.n)
    return { asked: api.asked, rated, dead, killed }
  } finally {
    await platform.stop()
    await api.close()
    folder.remove()
  }
}

const plugin = (folder: string, name: string): string =>
  relative(folder, join(root, "plugins", name, "src/index.ts"))

const pipelineOf = (folder: string, config: object): string => `
pipeline: films
nodes:
  watched:
    source: "${plugin(folder, "files")}#files-source"
    with:
      path: in
      format: ndjson
      record: shop.Watched
      fields: { n: { type: int }, film: { type: string } }
  rated:
    use: "${plugin(folder, "http-enrich")}"
    from: watched
    with: ${JSON.stringify(config)}
    stream: shop.rated
    partitions: 1
`
