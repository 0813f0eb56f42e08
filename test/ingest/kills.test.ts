import { assert, describe, it } from "vitest"
import { runEpisode } from "./kill-episode.ts"

describe("events that are tracked", () => {
  it("are each in the stream once, while the platform is killed under two clients", async () => {
    const { complaints, kills, tracked } = await runEpisode({ kills: 3, seed: 7 })
    assert.deepStrictEqual(complaints, [])
    assert.lengthOf(kills, 3)
    assert.isAbove(tracked, 100)
  })
})
