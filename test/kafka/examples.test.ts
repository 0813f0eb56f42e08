import { rmSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, beforeAll, beforeEach, describe, it } from "vitest"
import { prepareFlights } from "../../examples/flights/prepare.ts"
import { prepareMovies } from "../../examples/movies/prepare.ts"
import {
  applyFlights,
  committedCounts,
  copyFlights,
  faultsOf,
  outcomeOf,
  publishPlugins,
  upFlights
} from "../examples/flights-run.ts"
import { compareTransports } from "../examples/transports/compare-transports.ts"
import { exampleNames } from "../examples/transports/run-example.ts"
import { statusOf, untilState } from "../input/pipelines.ts"
import { type Platform, temporaryFolder, until } from "../input/program.ts"
import { hasKafka } from "../tools.ts"
import { emptyCluster } from "./empty-cluster.ts"
import { openCluster } from "./running-cluster.ts"
import type { RunningCluster } from "./running-cluster.ts"
import { sharedClusterPatience } from "./shared.ts"

const patience = 900

// A cluster of its own: the examples' streams have names that others have, too.
describe.skipIf(!hasKafka)("the examples on Kafka", { timeout: patience * 1_000 }, () => {
  const folder = temporaryFolder()
  let cluster: RunningCluster | undefined
  const bootstrap = (): readonly string[] => cluster?.bootstrap ?? []

  beforeAll(async () => {
    prepareMovies()
    await prepareFlights("20k")
    cluster = await openCluster()
  }, sharedClusterPatience)
  beforeEach(() => emptyCluster(bootstrap()))
  afterAll(async () => {
    await cluster?.close("hard")
    folder.remove()
  })

  for (const example of exampleNames)
    for (const partitions of [1, 8])
      it(`give the same as on the embedded log: ${example}, by ${partitions}`, async () => {
        const { compared, faults } = await compareTransports({ example, partitions }, bootstrap())
        assert.deepEqual(faults, [])
        assert.isNotEmpty(compared)
      })

  it("go on from the cluster alone, when the platform is killed and its folder of Kafka's is lost", async () => {
    const published = join(folder.path, "published")
    await publishPlugins(published)
    const copied = copyFlights(join(folder.path, "flights"), { size: "20k", partitions: 8, published })
    const copy = { ...copied, flags: ["--kafka", bootstrap().join(",")] }
    const first = await upFlights(copy)
    await applyFlights(first, copy)
    await until(
      () => commitsOf(first),
      (commits) => commits >= 60,
      patience
    )
    process.kill(first.pid, "SIGKILL")
    await until(
      () => isThere(first.pid),
      (is) => !is
    )
    rmSync(join(copy.data, "kafka"), { recursive: true })
    const second = await upFlights(copy)
    try {
      await untilState(second, "flights", ["completed", "failed", "degraded"], patience)
      assert.deepEqual(faultsOf(await outcomeOf(second, copy), committedCounts("20k")), [])
    } finally {
      await second.stop()
    }
  })
})

const commitsOf = async (platform: Platform): Promise<number> =>
  (await statusOf(platform, "flights")).tasks.reduce((sum, { sequence }) => sum + sequence, 0)

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
