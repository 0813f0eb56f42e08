import { writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { PipelineStatus } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { root, until, up } from "../../input/program.ts"
import type { Platform } from "../../input/program.ts"
import type { Contestant, Course } from "./contestant.ts"

const plugins = join(root, "test/bench/plugins/bids.ts")

const decodeStatus = Schema.decodeUnknownSync(PipelineStatus)

const once = (work: () => Promise<void>): (() => Promise<void>) => {
  let done: Promise<void> | undefined
  return () => (done ??= work())
}

/** Platforms of one data folder, one after the other: what the first one wrote is a stream of the next. */
export class Millrace {
  private readonly folder: string
  private readonly broker: string

  constructor(folder: string, broker: string) {
    this.folder = folder
    this.broker = broker
  }

  /** Makes a stream of bids, keyed by their auction, with so many of them in it; others go on with it. */
  async open(stream: string, partitions: number, count: number): Promise<void> {
    const platform = await this.up()
    try {
      const name = `opening-${stream.replaceAll(".", "-")}`
      await this.apply(
        platform,
        name,
        `  bids: { source: "{plugins}#opening", with: { count: ${count} }, stream: ${stream}, partitions: ${partitions}, key: [auction] }\n`
      )
      await until(
        async () => decodeStatus((await platform.get(`/api/status/${name}`)).body),
        ({ nodes }) => nodes.some(({ totals }) => totals.out === count)
      )
    } finally {
      await platform.stop()
    }
  }

  readonly contestant: Contestant = {
    name: "Millrace",
    start: async ({ input, name, output, partitions }) => {
      const platform = await this.up()
      await this.applyMap(platform, { input, name, output, partitions })
      return {
        pid: platform.pid,
        group: `millrace.${name}`,
        failed: new Promise<never>(() => undefined),
        // What the next platform of the folder would go on with.
        stop: once(async () => {
          await platform.command("pipeline", "delete", name)
          await platform.stop()
        })
      }
    }
  }

  /** `flags` in the place of those that say where the cluster is. */
  up(flags: readonly string[] = ["--kafka", this.broker]): Promise<Platform> {
    const profile = process.env["BENCH_PROFILE"]
    const wrapper = profile === undefined ? {} : { wrapper: ["env", `NODE_OPTIONS=${profile}`] }
    return up({ ...wrapper, data: join(this.folder, "data"), flags })
  }

  /** The map of one field, as a pipeline of its own. */
  applyMap(
    platform: Platform,
    { input, name, output, partitions }: Omit<Course, "broker" | "schemaId">
  ): Promise<void> {
    const node = `use: "{plugins}#discount", from: { stream: ${input} }, stream: ${output}, partitions: ${partitions}`
    return this.apply(platform, name, `  map: { ${node} }\n`)
  }

  private async apply(platform: Platform, name: string, nodes: string): Promise<void> {
    const file = join(this.folder, `${name}.pipeline.yaml`)
    const text = nodes.replaceAll("{plugins}", relative(this.folder, plugins))
    writeFileSync(file, `pipeline: ${name}\nowner: bench\nnodes:\n${text}`)
    const { exit, stderr } = await platform.command("apply", file, "--grant")
    if (exit !== 0) throw new Error(stderr)
  }
}
