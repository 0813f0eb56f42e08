import { assert, describe, it } from "vitest"
import { upMs, usualTerms } from "./worker-advice.ts"
import { WorkerRoster } from "./worker-roster.ts"
import { WorkerWatch, WorkTally } from "./worker-watch.ts"

describe("what workers a platform has", () => {
  it("is who told of itself in the last seconds", () => {
    const roster = new WorkerRoster()
    roster.heard("a:1", 0)
    roster.heard("b:1", 0)
    roster.heard("b:1", 10_000)
    assert.strictEqual(roster.count(10_000), 2)
    assert.strictEqual(roster.count(20_000), 1)
    assert.strictEqual(roster.count(40_000), 0)
  })

  it("is told at once, and advice on it once the work was looked at whole for long enough", () => {
    const roster = new WorkerRoster()
    const watch = new WorkerWatch(roster, { ...usualTerms, min: 2 })
    const blind = new WorkTally()
    blind.miss()
    const lookFrom = (from: number, tally: () => WorkTally) => {
      for (let at = from; at <= from + upMs; at += 1_000) {
        roster.heard("a:1", at)
        watch.take(tally(), at)
      }
    }
    lookFrom(0, () => blind)
    assert.deepEqual(watch.status(upMs), { now: 1 })
    lookFrom(upMs, () => new WorkTally())
    assert.deepEqual(watch.status(2 * upMs), { now: 1, advised: 2 })
  })
})
