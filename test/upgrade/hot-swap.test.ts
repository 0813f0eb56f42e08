import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { root, temporaryFolder } from "../input/program.ts"
import { faultsOf, type LoggedCount } from "./swap/judge.ts"
import { kinds, swapUnderLoad } from "./swap/swaps.ts"

// A sample; `npm run prove -- hot-swap` does many more.

const seed = 7

describe("a plugin that is swapped under load", () => {
  it(
    "loses, repeats and reorders no record, and stays where the new version cannot run",
    { timeout: 480_000 },
    async () => {
      const folder = temporaryFolder(join(root, ".millrace/swap"))
      try {
        const swapped = await swapUnderLoad({ folder: folder.path, seed, swaps: kinds.length + 2 })
        assert.deepStrictEqual(swapped.faults, [])
        assert.isAbove(swapped.versions, 2)
        assert.isAbove(swapped.ticks, 20_000)
      } finally {
        folder.remove()
      }
    }
  )
})

describe("the judge of swaps", () => {
  const counts: readonly LoggedCount[] = Array.from({ length: 200 }, (_, seq) => ({
    partition: seq % 2,
    key: `k${seq % 20}`,
    seq,
    n: Math.floor(seq / 20) + 1,
    by: seq < 90 ? "v0" : "v1"
  }))
  const taken = ["v0", "v1"]

  it("finds nothing where every tick is counted once, in order", () => {
    assert.deepStrictEqual(faultsOf(counts, taken), [])
  })

  it.each([
    ["a lost tick", counts.toSpliced(50, 1)],
    ["a repeated tick", counts.toSpliced(50, 0, ...counts.slice(50, 51))],
    ["ticks in another order", counts.toSpliced(50, 21, ...counts.slice(50, 71).toReversed())],
    ["a version that was never taken over", counts.with(50, { ...counts[50]!, by: "v9" })],
    ["a version after a later one", counts.with(150, { ...counts[150]!, by: "v0" })],
    ["a version that counted nothing", counts.map((count) => ({ ...count, by: "v0" }))]
  ])("tells %s", (_name, harmed) => {
    assert.isAbove(faultsOf(harmed, taken).length, 0)
  })
})
