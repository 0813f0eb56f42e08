import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import * as Schema from "effect/Schema"
import { prepareFlights } from "../../examples/flights/prepare.ts"
import { prepareMovies } from "../../examples/movies/prepare.ts"
import { compareTransports, type TransportsCase } from "../examples/transports/compare-transports.ts"
import { exampleNames } from "../examples/transports/run-example.ts"
import { emptyCluster } from "../kafka/empty-cluster.ts"
import { openCluster } from "../kafka/running-cluster.ts"
import type { ProofOptions, ProofResult } from "./main.ts"

export const name = "kafka-examples"
export const describe =
  "movies, flights and all queries of auctions on Kafka and on the embedded log, at 1 and 8 partitions: the same outputs and late counts, and DuckDB's"

const cases: readonly TransportsCase[] = exampleNames.flatMap((example) =>
  [1, 8].map((partitions) => ({ example, partitions }))
)

const progressFile = join(import.meta.dirname, "../../.millrace/prove/kafka-examples.json")
const Progress = Schema.fromJsonString(
  Schema.Struct({
    done: Schema.Array(Schema.Struct({ title: Schema.String, faults: Schema.Array(Schema.String) }))
  })
)
type Done = (typeof Progress.Type)["done"]

/** Each case once; `--seed N --count 1` does the Nth alone. */
export const run = async ({ count = cases.length, resume, seed }: ProofOptions): Promise<ProofResult> => {
  prepareMovies()
  await prepareFlights("20k")
  let done = resume ? readDone() : []
  const wanted = cases.slice(seed - 1, seed - 1 + count)
  const cluster = await openCluster()
  try {
    for (const one of wanted) {
      const title = `${one.example}, ${one.partitions} partition${one.partitions === 1 ? "" : "s"}`
      if (done.some((each) => each.title === title && each.faults.length === 0)) continue
      const faults = await prove(one, title, cluster.bootstrap)
      done = [...done.filter((each) => each.title !== title), { title, faults }]
      writeDone(done)
    }
  } finally {
    await cluster.close("hard")
  }
  const failed = done.filter(({ faults }) => faults.length > 0)
  if (failed.length === 0) rmSync(progressFile, { force: true })
  return {
    passed: done.length - failed.length,
    failed: failed.length,
    notes: failed.flatMap(({ faults, title }) => faults.map((fault) => `${title}: ${fault}`))
  }
}

const prove = async (
  one: TransportsCase,
  title: string,
  bootstrap: readonly string[]
): Promise<readonly string[]> => {
  const started = performance.now()
  try {
    await emptyCluster(bootstrap)
    const { compared, faults } = await compareTransports(one, bootstrap)
    const seconds = ((performance.now() - started) / 1_000).toFixed(0)
    const verdict = faults.length === 0 ? "the same on both" : `DIFFERS: ${faults.join("; ")}`
    say(`${title}: ${verdict}: ${compared.join(", ")} (${seconds} s)`)
    return faults
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error)
    say(`${title}: ${fault}`)
    return [fault]
  }
}

const say = (line: string): void => void process.stderr.write(`kafka-examples: ${line}\n`)

const readDone = (): Done =>
  existsSync(progressFile) ? Schema.decodeUnknownSync(Progress)(readFileSync(progressFile, "utf8")).done : []

const writeDone = (done: Done): void => {
  mkdirSync(dirname(progressFile), { recursive: true })
  writeFileSync(progressFile, `${JSON.stringify({ done }, null, 2)}\n`)
}
