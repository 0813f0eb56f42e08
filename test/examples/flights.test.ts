import { readFileSync } from "node:fs"
import { assert, beforeAll, describe, it } from "vitest"
import { expectedFile, kept, outputs } from "../../examples/flights/compare.ts"
import { deriveFlights, type Derived } from "../../examples/flights/expected/derive.ts"
import { prepareFlights } from "../../examples/flights/prepare.ts"
import { committedCounts } from "./flights-run.ts"

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
