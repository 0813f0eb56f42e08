import { readFileSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { type PipelineStatus, PlatformStatus } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { untilState } from "../../input/pipelines.ts"
import { type Platform, root, temporaryFolder, up } from "../../input/program.ts"
import type { EventSequence } from "../plugins/events.ts"

// A platform with streams that were written before anything is measured, and what a pipeline over them takes.

/** Seconds that a pipeline may take. */
const patience = 1_800

/** `BENCH_SCALE=0.1` for a tenth of the records, to try a bench. */
export const scale = Number(process.env["BENCH_SCALE"] ?? 1)

/** `BENCH_PROFILE=FOLDER` for a CPU profile of the platform's process there. */
const profiles = process.env["BENCH_PROFILE"]
const profiling =
  profiles === undefined ? {} : { wrapper: ["env", `NODE_OPTIONS=--cpu-prof --cpu-prof-dir=${profiles}`] }

export interface StreamPlatform {
  readonly platform: Platform
  /** Runs a pipeline over the streams to its end. `{plugins}` in its text is where the repository's folder is. */
  readonly run: (name: string, nodes: string) => Promise<Taken>
}

export interface Taken {
  /** From apply to completed. */
  readonly seconds: number
  /** Of the platform and its sandboxes. */
  readonly cpuSeconds: number
  readonly status: PipelineStatus
}

/**
 * `streams`: by name, events, which have watermarks without disorder, or a source node's own lines; `more`: how the platform is
 * started.
 */
export const withStreams = async <A>(
  streams: { readonly [name: string]: EventSequence | string },
  work: (platform: StreamPlatform) => Promise<A>,
  more: { readonly wrapper?: readonly string[] } = {}
): Promise<A> => {
  const folder = temporaryFolder()
  const platform = await up({
    ...profiling,
    ...more,
    data: join(folder.path, "data"),
    publish: ["window", "join"].map((name) => join(root, "plugins", name))
  })
  const run = async (name: string, nodes: string): Promise<Taken> => {
    const file = join(folder.path, `${name}.pipeline.yaml`)
    const text = nodes.replaceAll("{root}", relative(folder.path, root))
    writeFileSync(file, `pipeline: ${name}\nowner: bench\nnodes:\n${text}`)
    const before = await cpuSecondsOf(platform)
    const started = performance.now()
    const applied = await platform.command("apply", file, "--grant")
    if (applied.exit !== 0) throw new Error(applied.stderr)
    const status = await untilState(platform, name, ["completed", "failed"], patience)
    const seconds = (performance.now() - started) / 1_000
    if (status.state !== "completed") throw new Error(JSON.stringify(status))
    return { seconds, cpuSeconds: (await cpuSecondsOf(platform)) - before, status }
  }
  try {
    const sources = Object.entries(streams).map(
      ([name, stream]) => `  ${name}:
${typeof stream === "string" ? stream : eventLines(stream)}    stream: bench.${name}
`
    )
    await run("inputs", sources.join(""))
    return await work({ platform, run })
  } finally {
    await platform.stop()
    folder.remove()
  }
}

const eventLines = ({ count, keys, perSecond }: EventSequence): string =>
  `    source: "{root}/test/bench/plugins/events.ts#events"
    with: { count: ${count}, keys: ${keys}, perSecond: ${perSecond} }
    watermark: { outOfOrderness: 0ms }
`

export const totalsOf = ({ nodes }: PipelineStatus, node: string) => {
  const found = nodes.find((each) => each.node === node)
  if (found === undefined) throw new Error(`no node ${node}`)
  return found.totals
}

const decodeStatus = Schema.decodeUnknownSync(PlatformStatus)

/** Of the platform's process, its children that have ended, and its sandbox processes. */
const cpuSecondsOf = async (platform: Platform): Promise<number> => {
  const { sandboxes } = decodeStatus((await platform.get("/api/status")).body)
  const fields = readFileSync(`/proc/${platform.pid}/stat`, "utf8")
    .replace(/\(.*\)/, "x")
    .split(" ")
  const ticks = fields.slice(13, 17).reduce((sum, each) => sum + Number(each), 0)
  return ticks / 100 + sandboxes.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0) / 1e6
}

/** Forgets a pipeline and what it kept: the next round begins as the first did. */
export const forget = async (platform: Platform, name: string): Promise<void> => {
  const { exit, stderr } = await platform.command("pipeline", "delete", name)
  if (exit !== 0) throw new Error(stderr)
}
