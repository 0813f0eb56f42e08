import { mkdirSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { statusOf } from "../../input/pipelines.ts"
import { type CommandResult, type Platform, root, until, up } from "../../input/program.ts"
import { drawsOf } from "../../prove/power-cut/prove-images.ts"
import { faultsOf } from "./judge.ts"
import { readCounts } from "./read-counts.ts"

// Plugins swapped again and again while records go through at full speed: new code, a new config, code that does not open, code
// that fails at its first batch. Afterwards the log says what came of every tick.

/** What a swap tries. */
export const kinds = ["code", "config", "unopened", "failing"] as const
export type Kind = (typeof kinds)[number]

export interface SwapOptions {
  /** Below the repository, so that the plugins find the SDK. */
  readonly folder: string
  readonly seed: number
  readonly swaps: number
  readonly say?: (line: string) => void
}

export interface Swapped {
  readonly faults: readonly string[]
  readonly ticks: number
  /** Of those that were to be taken over. */
  readonly versions: number
}

/** Ticks of a batch, one batch each 50 ms: 20,000 a second. */
const batch = 1_000
/** Further than any run comes. */
const total = 1_000_000_000
const exits = { code: 0, config: 0, unopened: 1, failing: 1 } as const

export const swapUnderLoad = async ({ folder, say, seed, swaps }: SwapOptions): Promise<Swapped> => {
  mkdirSync(folder, { recursive: true })
  const data = join(folder, "data")
  const platform = await up({ data })
  const load = new Load(platform, folder)
  const taken: string[] = []
  const faults: string[] = []
  try {
    await load.swap("code", 0)
    taken.push("v0")
    for (const [index, kind] of drawKinds(seed, swaps).entries()) {
      const number = index + 1
      await load.moreCounts()
      const { exit, stderr } = await load.swap(kind, number)
      say?.(`swap ${number}: ${kind}, exit ${exit}`)
      if (exit !== exits[kind]) faults.push(`swap ${number}, ${kind}, ended with ${exit}: ${stderr}`)
      if (exits[kind] === 0) taken.push(`v${number}`)
    }
    await load.moreCounts()
  } finally {
    await platform.stop()
  }
  const counts = await readCounts(join(data, "log"), `${load.name}.counts`)
  return { faults: [...faults, ...faultsOf(counts, taken)], ticks: counts.length, versions: taken.length }
}

/** Each kind by turns at first, in an order by the seed; so that few swaps have all of them. */
const drawKinds = (seed: number, swaps: number): readonly Kind[] => {
  const draw = drawsOf(seed)
  const chosen: Kind[] = []
  while (chosen.length < swaps)
    chosen.push(
      ...kinds
        .map((kind) => ({ kind, at: draw() }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ kind }) => kind)
    )
  return chosen.slice(0, swaps)
}

/** The pipeline whose counter is swapped. */
class Load {
  readonly name = "swapped"
  private counted = 0
  private readonly platform: Platform
  private readonly folder: string

  constructor(platform: Platform, folder: string) {
    this.platform = platform
    this.folder = folder
  }

  /** Applies a counter that says its number in every count, or one that is to be refused. */
  swap(kind: Kind, number: number): Promise<CommandResult> {
    const version = `v${number}`
    if (kind === "code") {
      writeFileSync(join(this.folder, "version.ts"), codeOf(version))
      return this.apply(`use: "./version.ts#counted"`)
    }
    const by = { config: version, unopened: "zebra", failing: "broken" }[kind]
    return this.apply(`use: "${this.fixture}#counted", with: { by: ${by} }`)
  }

  /** Until the version that runs has counted some batches. */
  async moreCounts(): Promise<void> {
    const wanted = this.counted + batch * 4
    this.counted = await until(
      async () => (await statusOf(this.platform, this.name)).nodes.find(isCounter)?.totals.out ?? 0,
      (out) => out >= wanted
    )
  }

  private apply(counter: string): Promise<CommandResult> {
    const file = join(this.folder, "swapped.pipeline.yaml")
    writeFileSync(
      file,
      `pipeline: ${this.name}
owner: upgrade
nodes:
  gen: { source: "${this.fixture}#gen", with: { total: ${total}, batch: ${batch} }, stream: ${this.name}.ticks }
  node: { ${counter}, from: gen, stream: ${this.name}.counts, onError: fail }
`
    )
    return this.platform.command("apply", file, "--grant")
  }

  private get fixture(): string {
    return relative(this.folder, join(root, "test/upgrade/fixtures/versions.ts"))
  }
}

const isCounter = ({ node }: { readonly node: string }): boolean => node === "node"

/** The fixture's counter, as other code: `version` stands in it. */
const codeOf = (
  version: string
): string => `import { Contract, defineProcessor, Schema, valueState } from "@millrace/sdk"

class Tick extends Contract<Tick>()({
  subject: "upgrade.ticks",
  key: "key",
  schema: Schema.Struct({ key: Schema.String, seq: Schema.Int })
}) {}
class Count extends Contract<Count>()({
  subject: "upgrade.counts",
  key: "key",
  schema: Schema.Struct({ key: Schema.String, seq: Schema.Int, n: Schema.Int, by: Schema.String })
}) {}

export const counted = defineProcessor({
  name: "counted",
  input: Tick,
  output: Count,
  keyBy: ["key"],
  uses: { seen: valueState(Schema.Struct({ count: Schema.Int }), { initial: { count: 0 } }) },
  map: ({ key, seq }, { seen }) => {
    const n = seen.get().count + 1
    seen.set({ count: n })
    return Count.make({ key, seq, n, by: "${version}" })
  }
})
`
