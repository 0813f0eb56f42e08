import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { expectedFile, kept, outputs } from "../../examples/flights/compare.ts"
import { deriveFlights, type Derived } from "../../examples/flights/expected/derive.ts"
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

describe("what the flights example must give", () => {
  let derived: Derived
  beforeAll(async () => {
    derived = await deriveFlights("20k")
  })

  it("is what DuckDB derives from the data, byte for byte", () => {
    assert.deepEqual(committedCounts("20k"), derived.counts)
    for (const output of outputs)
      assert.equal(
        readFileSync(expectedFile("20k", output.name), "utf8"),
        kept(derived.outputs[output.name] ?? "", output),
        output.name
      )
  })

  it("counts every flight in its hour but those that came too late for it", () => {
    const { behind, flights, late } = derived.counts
    assert.equal(flights, 20_000)
    assert.isAbove(late, 300)
    assert.isAbove(behind, late)
    const hours = (derived.outputs["hours"] ?? "").trimEnd().split("\n")
    const counted = hours.reduce((sum, line) => sum + Number(JSON.parse(line).flights), 0)
    assert.equal(counted, flights - late)
  })
})

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
