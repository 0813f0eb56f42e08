import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { assert, describe, it } from "vitest"
import { Alignment } from "./alignment.ts"

const hour = 3_600_000

describe("the partitions of a source", () => {
  it("wait for the slowest that has more to read, when they are further ahead than records may be out of order", () => {
    const alignment = new Alignment({ outOfOrdernessMs: hour })
    alignment.reads(0, 5 * hour)
    alignment.reads(1, 6 * hour)
    alignment.reads(2, 6 * hour + 1)
    assert.deepStrictEqual(
      [0, 1, 2].map((partition) => alignment.isAhead(partition)),
      [false, false, true]
    )
    alignment.reads(0, 5 * hour + 1)
    assert.isFalse(alignment.isAhead(2))
  })

  it("do not wait for one that waits for records, and wait for one that has not said yet how far it is", () => {
    const alignment = new Alignment({ outOfOrdernessMs: 0 })
    alignment.reads(0, 5 * hour)
    assert.isFalse(alignment.isAhead(0))
    alignment.reads(1, -Infinity)
    assert.isTrue(alignment.isAhead(0))
    alignment.rests(1)
    assert.isFalse(alignment.isAhead(0))
  })

  it("go on when the slowest has come near, or has ended", () =>
    Effect.runPromise(
      Effect.gen(function* () {
        const alignment = new Alignment({ outOfOrdernessMs: 0 })
        alignment.reads(0, hour)
        alignment.reads(1, 0)
        const waiting = yield* Effect.forkChild(alignment.turn(0), { startImmediately: true })
        const interrupted = yield* Effect.forkChild(alignment.turn(0), { startImmediately: true })
        yield* Fiber.interrupt(interrupted)
        alignment.reads(1, 1)
        assert.isUndefined(waiting.pollUnsafe())
        alignment.reads(1, hour)
        yield* Fiber.join(waiting)
        alignment.reads(1, -Infinity)
        const again = yield* Effect.forkChild(alignment.turn(0), { startImmediately: true })
        alignment.rests(1)
        yield* Fiber.join(again)
        yield* alignment.turn(0)
      })
    ))
})
