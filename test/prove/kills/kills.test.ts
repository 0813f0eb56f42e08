import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { runEpisode } from "./episode.ts"
import type { Kill } from "./kill-plan.ts"
import { seededBugs } from "./seeded-bugs.ts"

// A sample of `npm run prove -- kills`.
const kills: readonly Kill[] = [
  { point: "before-commit", pass: 12, delayMs: 0 },
  { point: "after-commit", pass: 20, delayMs: 0 }
]

describe("the program under kill -9", () => {
  it("loses and repeats nothing", { timeout: 240_000 }, async () => {
    const episode = await runEpisode({ size: { seed: 3, perKey: 6, perRead: 40 }, kills })
    assert.deepStrictEqual(episode.faults, [])
    assert.deepStrictEqual(
      episode.kills.map(({ hit }) => hit),
      [true, true]
    )
    assert.deepStrictEqual(episode.findings.faults, [])
    assert.strictEqual(episode.findings.counted + episode.findings.dead, 6_000)
  })
})

describe("the seeded bugs", () => {
  it("have their place in the program as it is", () => {
    for (const { file, from, name } of seededBugs) {
      const text = readFileSync(join(import.meta.dirname, "../../../runtime/src", file), "utf8")
      assert.strictEqual(text.split(from).length, 2, name)
    }
  })
})
