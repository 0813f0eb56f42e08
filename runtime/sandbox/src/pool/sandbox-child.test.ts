import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { inspect, own, withChild } from "../fixture/child-fixture.ts"
import { areaBytes } from "../protocol/shared-layout.ts"

describe("a sandbox process", () => {
  it("is not asked more than has room, and answers what it is asked beside that", () =>
    withChild((child) =>
      Effect.gen(function* () {
        const tooMuch = child.ask({ ask: "close", segment: 0 }, [new Uint8Array(areaBytes + 1)], 5_000)
        const [first, refused, second] = yield* Effect.all(
          [inspect(child, own("'first'")), Effect.flip(tooMuch), inspect(child, own("'second'"))],
          { concurrency: 3 }
        )
        assert.deepStrictEqual([first, second], ["first", "second"])
        assert.strictEqual(refused.reason, "malformed")
        assert.isFalse(child.isEnded)
      })
    ))
})
