import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { prepareFlights } from "../../examples/flights/prepare.ts"
import { untilState } from "../input/pipelines.ts"
import { temporaryFolder } from "../input/program.ts"
import {
  applyFlights,
  committedCounts,
  copyFlights,
  faultsOf,
  outcomeOf,
  publishPlugins,
  upFlights
} from "./flights-run.ts"

// `npm run prove -- flights` runs it at other partitions, in other batches, and killed.

const folder = temporaryFolder()
afterAll(folder.remove)
beforeAll(() => prepareFlights("20k"))

describe("the flights example", () => {
  const published = join(folder.path, "published")
  beforeAll(() => publishPlugins(published))

  it("gives it, and counts as late what DuckDB does", async () => {
    const copy = copyFlights(join(folder.path, "flights"), { size: "20k", partitions: 8, published })
    const platform = await upFlights(copy)
    try {
      await applyFlights(platform, copy)
      await untilState(platform, "flights", ["completed", "failed", "degraded"], 110)
      assert.deepEqual(faultsOf(await outcomeOf(platform, copy), committedCounts("20k")), [])
    } finally {
      await platform.stop()
    }
  })
})
