import { join } from "node:path"
import { prepareFlights } from "../../examples/flights/prepare.ts"
import { copyFlights, publishPlugins } from "../examples/flights-run.ts"
import { faultsOfRun } from "../examples/flights-kills.ts"
import { temporaryFolder } from "../input/program.ts"
import type { ProofOptions, ProofResult } from "./main.ts"
import { drawsOf } from "./power-cut/prove-images.ts"

export const name = "flights"
export const describe =
  "the flights example against DuckDB: the same results and late counts at 1 and 8 partitions, in batches of 1 and 5,000, undisturbed and killed"

const defaultKills = 30

/** `count`: kills of each of the runs that are killed, 30 unless told otherwise. */
export async function run({ count = defaultKills, seed }: ProofOptions): Promise<ProofResult> {
  await prepareFlights("20k")
  const shared = temporaryFolder()
  const published = join(shared.path, "published")
  await publishPlugins(published)
  const notes: string[] = []
  let passed = 0
  let failed = 0
  for (const kills of [0, count]) {
    for (const batch of [5_000, 1]) {
      for (const partitions of [8, 1]) {
        const what = `${partitions} partitions, batches of ${batch}, ${kills} kills`
        const faults = await prove({ partitions, published, batch, kills, seed, what })
        say(`${what}: ${faults.length === 0 ? "equal to DuckDB's" : faults.join("; ")}`)
        notes.push(...faults.map((fault) => `${what}: ${fault}`))
        if (faults.length === 0) passed += 1
        else failed += 1
      }
    }
  }
  shared.remove()
  return { passed, failed, notes }
}

const say = (line: string): void => void process.stderr.write(`flights: ${line}\n`)

interface Case {
  readonly partitions: number
  readonly batch: number
  readonly kills: number
  readonly seed: number
  readonly published: string
  readonly what: string
}

const prove = async ({
  batch,
  kills,
  partitions,
  published,
  seed,
  what
}: Case): Promise<readonly string[]> => {
  const folder = temporaryFolder()
  try {
    let killed = 0
    return await faultsOfRun({
      copy: copyFlights(join(folder.path, "flights"), { size: "20k", partitions, published }),
      batch,
      kills,
      draw: drawsOf(seed * 1_000_003 + partitions * 7 + batch),
      onKill: (died) => say(`${what}: kill ${++killed}: ${died}`)
    })
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  } finally {
    folder.remove()
  }
}
