import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { isolatePoison } from "./isolate-poison.ts"
import type { RunStopped } from "./isolate-poison.ts"

const killed: RunStopped = {
  _tag: "RunStopped",
  why: "killed",
  code: "SANDBOX_KILLED",
  stage: 0,
  message: "killed"
}
const overflow: RunStopped = { _tag: "RunStopped", why: "overflow", stage: 0 }

/** Runs numbers; those in `poison` kill whoever runs them. Answers the order of what came through, and the kills. */
function run(count: number, poison: ReadonlySet<number>, maxSize = Infinity) {
  let kills = 0
  let episodes = 0
  const done = isolatePoison<readonly number[], readonly (number | string)[]>({
    piece: Array.from({ length: count }, (_, place) => place),
    count: (piece) => piece.length,
    cut: (piece, size) =>
      Array.from({ length: Math.ceil(piece.length / size) }, (_, place) =>
        piece.slice(place * size, (place + 1) * size)
      ),
    run: (piece) =>
      Effect.suspend((): Effect.Effect<readonly number[], RunStopped> => {
        if (piece.length > maxSize) return Effect.fail(overflow)
        if (!piece.some((one) => poison.has(one))) return Effect.succeed(piece)
        kills += 1
        return Effect.fail(killed)
      }),
    poisoned: (piece) => Effect.succeed([`x${piece[0]}`]),
    isolating: Effect.sync(() => {
      episodes += 1
    })
  })
  return Effect.map(done, (results) => ({ order: results.flat(), kills, episodes }))
}

describe("the isolation of poison", () => {
  it("spends at most three kills on one poison record", async () => {
    for (const count of [1, 2, 16, 17, 1500]) {
      const result = await Effect.runPromise(run(count, new Set([Math.floor(count / 2)])))
      assert.strictEqual(result.kills, 3)
      assert.strictEqual(result.episodes, 1)
    }
  })

  it("keeps every neighbour, in order, wherever the poison is", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 120 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 119 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        async (count, places, maxSize) => {
          const poison = new Set(places.filter((place) => place < count))
          const { order, kills } = await Effect.runPromise(run(count, poison, maxSize))
          assert.deepStrictEqual(
            order,
            Array.from({ length: count }, (_, place) => (poison.has(place) ? `x${place}` : place))
          )
          assert.isAtMost(kills, 3 * Math.max(1, poison.size))
        }
      ),
      { numRuns: 200 }
    )
  })

  it("gives up on a plugin that every record kills", async () => {
    const error = await Effect.runPromise(
      Effect.flip(run(100, new Set(Array.from({ length: 100 }, (_, place) => place))))
    )
    assert.strictEqual(error.code, "TOO_MANY_KILLS")
  })
})
