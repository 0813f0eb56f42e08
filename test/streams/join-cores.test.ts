import { assert, describe, it } from "vitest"
import { faultsOfSeed } from "./joins/check-seed.ts"

// A sample of `npm run prove -- joins`, which repeats a seed by `--seed N --count 1`.

describe("the cores of joins, dedupe and rate limits", () => {
  it("give what their oracles give, on random histories, merges, idleness and restarts", () => {
    for (let seed = 1; seed <= 150; seed++) assert.deepEqual(faultsOfSeed(seed), [], `seed ${seed}`)
  })
})
