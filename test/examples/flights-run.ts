import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import type { Comparison } from "../../examples/compare-lines.ts"
import { compareFlights } from "../../examples/flights/compare.ts"
import { type Counts, countsFile } from "../../examples/flights/expected/derive.ts"
import type { Size } from "../../examples/flights/raw.ts"
import * as Schema from "effect/Schema"
import { statusOf } from "../input/pipelines.ts"
import { type Platform, root, up } from "../input/program.ts"

const example = join(root, "examples/flights")

/** The first-party plugins that the example uses. */
const plugins = ["files", "filter", "lookup-join", "project", "window"]

/** A copy of the example, for its outputs stand beside the pipeline's file. */
export interface FlightsCopy {
  readonly folder: string
  /** Of its platform. */
  readonly data: string
  readonly size: Size
  readonly partitions: number
  readonly file: string
  /** Of `up`, more than the data folder; default: none. */
  readonly flags?: readonly string[]
}

/** Copies the example into a folder that is not there yet. Its data must have been prepared. `published`: see {@link publishPlugins}. */
export const copyFlights = (
  folder: string,
  { partitions, published, size }: Pick<FlightsCopy, "size" | "partitions"> & { readonly published: string }
): FlightsCopy => {
  mkdirSync(folder, { recursive: true })
  for (const name of ["airports.csv", `flights-${size}`])
    cpSync(join(example, "data", name), join(folder, "data", name), { recursive: true })
  // A plugin by path finds the SDK from where it stands.
  const processors = relative(folder, join(example, "processors"))
  const text = readFileSync(join(example, "flights.pipeline.yaml"), "utf8")
  const file = join(folder, "flights.pipeline.yaml")
  writeFileSync(file, text.replace("./processors/", `${processors}/`))
  const data = join(folder, "platform")
  cpSync(published, data, { recursive: true })
  return { folder, data, size, partitions, file }
}

/** Makes a platform's data folder with the plugins that the example uses. */
export const publishPlugins = async (data: string): Promise<void> => {
  const platform = await up({ data, publish: plugins.map((name) => join(root, "plugins", name)) })
  await platform.stop()
}

/** A platform over the copy's own data folder, by variables of the environment. */
export const upFlights = (
  { data, flags = [] }: FlightsCopy,
  variables: { readonly [name: string]: string } = {}
): Promise<Platform> =>
  up({
    data,
    flags,
    wrapper: ["env", ...Object.entries(variables).map(([name, value]) => `${name}=${value}`)]
  })

export const applyFlights = async (
  platform: Platform,
  { file, partitions, size }: FlightsCopy
): Promise<void> => {
  const vars = ["--var", `partitions=${partitions}`, "--var", `data=data/flights-${size}`]
  const applied = await platform.command("apply", file, "--grant", ...vars)
  if (applied.exit !== 0) throw new Error(`the example could not be applied: ${applied.stderr}`)
}

/** What a finished run came to. */
export interface Outcome {
  readonly outputs: readonly Comparison[]
  readonly counts: Counts
}

/** Of a run that has completed. */
export const outcomeOf = async (platform: Platform, { folder, size }: FlightsCopy): Promise<Outcome> => {
  const { nodes } = await statusOf(platform, "flights")
  const totals = (name: string) => nodes.find(({ node }) => node === name)?.totals
  return {
    outputs: compareFlights(size, join(folder, "out")),
    counts: {
      flights: totals("flights")?.out ?? -1,
      late: totals("late")?.out ?? -1,
      behind: totals("perRoute")?.late ?? -1
    }
  }
}

const decodeCounts = Schema.decodeUnknownSync(
  Schema.fromJsonString(Schema.Struct({ flights: Schema.Int, late: Schema.Int, behind: Schema.Int }))
)

/** What DuckDB counted, as it is committed. */
export const committedCounts = (size: Size): Counts => decodeCounts(readFileSync(countsFile(size), "utf8"))

/** How an outcome differs from what DuckDB derived; empty when it does not. */
export const faultsOf = ({ counts, outputs }: Outcome, expected: Counts): readonly string[] => [
  ...outputs.flatMap(({ equal, missing, name, surplus }) =>
    equal ? [] : [`${name}: missing ${missing.slice(0, 2).join()}, surplus ${surplus.slice(0, 2).join()}`]
  ),
  ...(["flights", "late", "behind"] as const).flatMap((name) =>
    counts[name] === expected[name] ? [] : [`${name}: ${counts[name]}, not ${expected[name]}`]
  )
]
