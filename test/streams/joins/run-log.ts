import { writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import type { PipelineStatus } from "@millrace/sdk/api"
import { type Platform, root, until } from "../../input/program.ts"
import { sideOf, sideOutOfOrderness, sidePartitions } from "../fixtures/sides.ts"
import type { Arrival } from "./history.ts"
import { dedupeOracle, intervalOracle, temporalOracle } from "./oracle.ts"

/** One seed through plugins, sandbox and log: how it is cut. */
export interface LogCase {
  readonly seed: number
  readonly perPartition: number
  /** Of the topics downstream of the sources. */
  readonly partitions: number
  readonly batch: number
}

const outOfOrdernessMs = sideOutOfOrderness * 1_000
const [beforeMs, afterMs, withinMs] = [50_000, 120_000, 70_000]
const streams = ["pairs", "versioned", "once"] as const

const pipelineOf = (
  name: string,
  { seed, perPartition, partitions, batch }: LogCase,
  folder: string
): string => {
  const at = (path: string): string => relative(folder, join(root, path))
  const source = (stream: string, number: number): string => `
  ${stream}:
    source: "${at("test/streams/fixtures/sides.ts")}#sides"
    with: { seed: ${number}, perPartition: ${perPartition}, batch: ${batch} }
    watermark: { outOfOrderness: ${outOfOrdernessMs}ms }
    stream: ${name}.${stream}
    partitions: ${partitions}`
  const joins = at("plugins/join/src/index.ts")
  return `pipeline: ${name}
owner: streams
nodes:${source("left", 2 * seed)}${source("right", 2 * seed + 1)}
  pairs:
    use: "${joins}#interval-join"
    from: { left: left, right: right }
    with:
      on: { left: [key], right: [key] }
      within: { before: ${beforeMs}ms, after: ${afterMs}ms }
      kind: full
      select: { left: left.id, right: right.id }
    stream: ${name}.pairs
  versioned:
    use: "${joins}#temporal-join"
    from: { left: left, versions: right }
    with: { on: { left: [key], versions: [key] }, kind: left, select: { left: left.id, right: versions.id } }
    stream: ${name}.versioned
  once:
    use: "${at("plugins/dedupe/src/index.ts")}"
    from: left
    with: { keyBy: [key], within: ${withinMs}ms, keep: last }
    stream: ${name}.once
`
}

const recordsOf = (seed: number, side: "left" | "right", perPartition: number): readonly Arrival[] =>
  Array.from({ length: sidePartitions }, (_, partition) => {
    let newest = -Infinity
    return Array.from({ length: perPartition }, (_record, n): Arrival => {
      const { key, at, id } = sideOf(side === "left" ? 2 * seed : 2 * seed + 1, partition, n)
      const watermark = newest - outOfOrdernessMs
      newest = Math.max(newest, at)
      return { partition, side, key, timestamp: at, watermark, id }
    })
  }).flat()

const expectedOf = ({ seed, perPartition }: LogCase): Outcome => {
  const left = recordsOf(seed, "left", perPartition)
  const all = [...left, ...recordsOf(seed, "right", perPartition)]
  const outer = { left: true, right: true }
  const text = (given: readonly { readonly of: string; readonly timestamp: number }[]): readonly string[] =>
    given.map(({ of, timestamp }) => `${of} at ${timestamp}`).toSorted(inOrder)
  const lateOf = (records: readonly Arrival[]): number =>
    records.filter(({ timestamp, watermark }) => timestamp < watermark).length
  return {
    pairs: text(intervalOracle(all, { before: beforeMs, after: afterMs, lateness: 0, outer })),
    versioned: text(temporalOracle(all, { lateness: 0, outer: true })),
    once: text(dedupeOracle(left, { within: withinMs, lateness: 0, keep: "last" })),
    late: [lateOf(all), lateOf(all), lateOf(left)]
  }
}

interface Outcome {
  readonly pairs: readonly string[]
  readonly versioned: readonly string[]
  readonly once: readonly string[]
  /** By node, in this order. */
  readonly late: readonly number[]
}

/** Applies the pipeline, waits for its end, and answers what it gave beside what it should have given. */
export const runLog = async (
  platform: Platform,
  folder: string,
  name: string,
  one: LogCase,
  meanwhile: () => Promise<void> = async () => {}
): Promise<{ readonly given: Outcome; readonly expected: Outcome }> => {
  const file = join(folder, `${name}.pipeline.yaml`)
  writeFileSync(file, pipelineOf(name, one, folder))
  const applied = await platform.command("apply", file, "--grant")
  if (applied.exit !== 0) throw new Error(applied.stderr)
  await meanwhile()
  const status = await until(
    async (): Promise<PipelineStatus> =>
      JSON.parse((await platform.command("status", name, "--json")).stdout),
    ({ state }) => state === "completed"
  )
  const [pairs = [], versioned = [], once = []] = await Promise.all(
    streams.map((stream) => read(platform, `${name}.${stream}`))
  )
  const late = streams.map((node) => status.nodes.find((each) => each.node === node)?.totals.late ?? -1)
  return { given: { pairs, versioned, once, late }, expected: expectedOf(one) }
}

interface Line {
  readonly control?: string
  readonly timestamp: number | string
  readonly value: { readonly left?: number | null; readonly right?: number | null; readonly id?: number }
}

const read = async (platform: Platform, stream: string): Promise<readonly string[]> => {
  const { stdout } = await platform.command("topic", "read", stream, "--limit", "10000", "--json")
  return stdout
    .trim()
    .split("\n")
    .map((line): Line => JSON.parse(line))
    .filter(({ control }) => control === undefined)
    .map(({ timestamp, value: { left, right, id } }) => {
      const of = id === undefined ? `${left ?? "-"}+${right ?? "-"}` : `left${id}`
      return `${of} at ${new Date(timestamp).getTime()}`
    })
    .toSorted(inOrder)
}

const inOrder = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
