import { writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import type { PipelineStatus } from "@millrace/sdk/api"
import { assert } from "vitest"
import { root, until } from "../input/program.ts"
import { eventOf, sourcePartitions, width } from "./fixtures/events.ts"
import type { Stage } from "./stage.ts"

const perPartition = 300
const outOfOrderness = 300

/** The plugins' module, as a pipeline file in the folder names it. */
export const plugins = (folder: string): string =>
  relative(folder, join(root, "test/streams/fixtures/events.ts"))

/** What the windows of a run were. */
export interface Outcome {
  readonly counts: ReadonlyMap<string, number>
  /** Records below their partition's watermark, whether or not their window was still open. */
  readonly late: number
}

/** The same by a simple loop over each partition. */
export const oracle = (): Outcome => {
  const counts = new Map<string, number>()
  let late = 0
  for (let partition = 0; partition < sourcePartitions; partition++) {
    let newest = -Infinity
    for (let n = 0; n < perPartition; n++) {
      const { at, key } = eventOf(partition, n)
      const watermark = newest - outOfOrderness
      newest = Math.max(newest, at)
      if (at < watermark) late += 1
      const end = Math.floor(at / width) * width + width
      if (watermark < end) counts.set(`${key} ${end}`, (counts.get(`${key} ${end}`) ?? 0) + 1)
    }
  }
  return { counts, late }
}

/** Runs the events through the windows on a platform, `meanwhile` beside it, to the end. */
export const run = async (
  { folder, platform }: Stage,
  name: string,
  options: { readonly partitions: number; readonly batch: number },
  meanwhile: () => Promise<void> = async () => {}
): Promise<Outcome> => {
  const file = join(folder, `${name}.pipeline.yaml`)
  writeFileSync(
    file,
    `pipeline: ${name}
owner: streams
nodes:
  events:
    source: "${plugins(folder)}#events"
    with: { perPartition: ${perPartition}, batch: ${options.batch} }
    watermark: { outOfOrderness: ${outOfOrderness}ms }
    stream: ${name}.events
    partitions: ${options.partitions}
  windows: { use: "${plugins(folder)}#windows", from: events, stream: ${name}.windows }
`
  )
  const applied = await platform().command("apply", file, "--grant")
  assert.strictEqual(applied.exit, 0, applied.stderr)
  await meanwhile()
  const status = await until(
    async (): Promise<PipelineStatus> =>
      JSON.parse((await platform().command("status", name, "--json")).stdout),
    ({ state }) => state === "completed"
  )
  const { stdout } = await platform().command(
    "topic",
    "read",
    `${name}.windows`,
    "--limit",
    "10000",
    "--json"
  )
  const counts = new Map<string, number>()
  for (const line of stdout.trim().split("\n")) {
    const {
      control,
      value
    }: {
      readonly control?: string
      readonly value: { readonly key: string; readonly end: number; readonly count: number }
    } = JSON.parse(line)
    if (control !== undefined) continue
    const window = `${value.key} ${value.end}`
    assert.isFalse(counts.has(window), `${window} was given twice`)
    counts.set(window, value.count)
  }
  return { counts, late: status.nodes.find(({ node }) => node === "windows")?.totals.late ?? -1 }
}
