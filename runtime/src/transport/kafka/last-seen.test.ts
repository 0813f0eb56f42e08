import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { it } from "@effect/vitest"
import { assert, describe } from "vitest"
import * as TestClock from "effect/testing/TestClock"
import { TransportError } from "../transport.ts"
import type { Outage } from "../transport.ts"
import { LastSeen } from "./last-seen.ts"

const failure = new TransportError({ reason: "unavailable", message: "gone" })

const made = () => {
  const cluster: { end: Effect.Effect<bigint, TransportError>; outage: Outage | undefined; asked: number } = {
    end: Effect.succeed(7n),
    outage: undefined,
    asked: 0
  }
  const end = () =>
    Effect.suspend(() => {
      cluster.asked += 1
      return cluster.end
    })
  const { remote } = new LastSeen({ outage: () => cluster.outage }, { end, read: () => Effect.succeed([]) })
  return { cluster, remote }
}

describe("the ends of a remote log as they were seen last", () => {
  it.effect("are asked for while it answers", () =>
    Effect.gen(function* () {
      const { cluster, remote } = made()
      assert.strictEqual(yield* remote.lastEnd("films", 0), 7n)
      cluster.end = Effect.succeed(9n)
      assert.strictEqual(yield* remote.lastEnd("films", 0), 9n)
    })
  )

  it.effect("stay while it does not, and nobody waits or asks", () =>
    Effect.gen(function* () {
      const { cluster, remote } = made()
      yield* remote.lastEnd("films", 0)
      cluster.end = Effect.never
      cluster.outage = { silentMs: 2_000, message: "refused" }
      assert.strictEqual(yield* remote.lastEnd("films", 0), 7n)
      assert.strictEqual(cluster.asked, 1)
      const unseen = yield* Effect.flip(remote.lastEnd("films", 1))
      assert.match(unseen.message, /refused/)
    })
  )

  it.effect("of a topic alone that does not answer take a moment once, and others go on", () =>
    Effect.gen(function* () {
      const { cluster, remote } = made()
      yield* remote.lastEnd("films", 0)
      cluster.end = Effect.never
      const looking = yield* Effect.forkChild(remote.lastEnd("films", 0))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(looking), 7n)
      assert.strictEqual(yield* remote.lastEnd("films", 0), 7n)
      assert.strictEqual(cluster.asked, 2, "it is spared for a while")
      cluster.end = Effect.succeed(3n)
      assert.strictEqual(yield* remote.lastEnd("books", 0), 3n)
    })
  )

  it.effect("stay where a topic is refused", () =>
    Effect.gen(function* () {
      const { cluster, remote } = made()
      yield* remote.lastEnd("films", 0)
      cluster.end = Effect.fail(failure)
      assert.strictEqual(yield* remote.lastEnd("films", 0), 7n)
    })
  )
})
