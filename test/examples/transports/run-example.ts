import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { canonicalLines, type Comparison, readParts } from "../../../examples/compare-lines.ts"
import { outputs as flightsOutputs } from "../../../examples/flights/compare.ts"
import { compareMovies } from "../../../examples/movies/compare.ts"
import { type AuctionSettings, queryNames } from "../../../examples/auctions/settings.ts"
import { untilState } from "../../input/pipelines.ts"
import { type Platform, root, temporaryFolder, up } from "../../input/program.ts"
import { runAuctions } from "../auctions/run-auctions.ts"
import { faultsOfRun } from "../flights-kills.ts"
import { copyFlights, publishPlugins } from "../flights-run.ts"

export const exampleNames = ["movies", "flights", "auctions"] as const
export type ExampleName = (typeof exampleNames)[number]

export interface ExampleRun {
  readonly example: ExampleName
  /** Of every named stream. */
  readonly partitions: number
  /** Of `up`: which transport. */
  readonly flags: readonly string[]
}

/** What an example came to. */
export interface ExampleOutcome {
  /** Its outputs in canonical form, by name. */
  readonly given: { readonly [output: string]: string }
  /** How they, and what was counted, differ from what DuckDB derives. */
  readonly faults: readonly string[]
}

/** Runs an example whole, on a platform and in folders of its own. Its data must have been prepared. */
export const runExample = (run: ExampleRun): Promise<ExampleOutcome> => runs[run.example](run)

/** Nexmark's windows are shorter here in proportion to the events, which are 200 ms of event time. */
const auctionSettings: AuctionSettings = {
  events: 20_000,
  eventsPerSecond: 100_000,
  size: 50,
  slide: 10,
  gap: 10
}

const runs: { readonly [name in ExampleName]: (run: ExampleRun) => Promise<ExampleOutcome> } = {
  movies: ({ flags, partitions }) => inFolder((folder) => runMovies(folder, partitions, flags)),
  flights: ({ flags, partitions }) =>
    inFolder(async (folder) => {
      const published = join(folder, "published")
      await publishPlugins(published)
      const copy = { ...copyFlights(join(folder, "flights"), { size: "20k", partitions, published }), flags }
      const faults = await faultsOfRun({ copy, batch: 5_000, kills: 0, draw: () => 0 })
      return {
        faults,
        given: given(
          join(copy.folder, "out"),
          flightsOutputs.map(({ name }) => name)
        )
      }
    }),
  auctions: async ({ flags, partitions }) => {
    const cut = { settings: auctionSettings, names: queryNames, partitions, batch: 5_000, kills: 0 }
    const { clockFaults, runs: queries } = await runAuctions({ ...cut, flags, withClock: true })
    return {
      given: Object.fromEntries(queries.map((query) => [query.name, query.given])),
      faults: [...faultsIn(queries), ...clockFaults]
    }
  }
}

const inFolder = async <A>(use: (folder: string) => Promise<A>): Promise<A> => {
  const { path, remove } = temporaryFolder()
  try {
    return await use(path)
  } finally {
    remove()
  }
}

const faultsIn = (
  compared: readonly (Pick<Comparison, "equal" | "missing" | "surplus"> & { readonly name: string })[]
): readonly string[] =>
  compared.flatMap(({ equal, missing, name, surplus }) =>
    equal ? [] : [`${name}: missing ${missing[0]}, surplus ${surplus[0]}`.slice(0, 800)]
  )

const given = (folder: string, names: readonly string[]): ExampleOutcome["given"] =>
  Object.fromEntries(names.map((name) => [name, canonicalLines(readParts(join(folder, name)))]))

const moviesPipelines = ["movies", "directors"]
const moviesPlugins = ["files", "filter", "project", "lookup-join", "count"]

const runMovies = async (
  folder: string,
  partitions: number,
  flags: readonly string[]
): Promise<ExampleOutcome> => {
  const example = join(root, "examples/movies")
  mkdirSync(join(folder, "data"))
  cpSync(join(example, "data/movies.json"), join(folder, "data/movies.json"))
  cpSync(join(example, "ratings.csv"), join(folder, "ratings.csv"))
  const publish = moviesPlugins.map((name) => join(root, "plugins", name))
  const platform = await up({ data: join(folder, "platform"), publish, flags })
  try {
    for (const name of moviesPipelines) await applyCut(platform, example, folder, { name, partitions })
    for (const name of moviesPipelines) await untilState(platform, name, ["completed"], 300)
  } finally {
    await platform.stop()
  }
  const out = join(folder, "out")
  return { given: given(out, ["films", "directors", "prolific"]), faults: faultsIn(compareMovies(out)) }
}

/** Applies a copy of a pipeline's file whose named streams have so many partitions. */
const applyCut = async (
  platform: Platform,
  example: string,
  folder: string,
  { name, partitions }: { readonly name: string; readonly partitions: number }
): Promise<void> => {
  const file = join(folder, `${name}.pipeline.yaml`)
  const text = readFileSync(join(example, `${name}.pipeline.yaml`), "utf8")
  writeFileSync(
    file,
    text.replace(/^( +)stream: \S+$/gm, (line, indent) => `${line}\n${indent}partitions: ${partitions}`)
  )
  const { exit, stderr } = await platform.command("apply", file, "--grant")
  if (exit !== 0) throw new Error(`${name} could not be applied: ${stderr}`)
}
