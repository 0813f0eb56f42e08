import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { it } from "@effect/vitest"
import { assert, describe } from "vitest"
import * as TestClock from "effect/testing/TestClock"
import { TransportError } from "../transport.ts"
import type { Outage } from "../transport.ts"
import { LastSeen } from "./last-seen.ts"
import { zeroCheckpoint } from "./local-copy.ts"

const failure = new TransportError({ reason: "unavailable", message: "gone" })

const task = { pipeline: "movies", node: "count", partition: 0 }
const checkpoint = { ...zeroCheckpoint, sequence: 3 }

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
  const checkpoints = () => Effect.as(end(), [{ task, checkpoint }])
  const log = { checkpoints, end, read: () => Effect.succeed([]) }
  const { remote } = new LastSeen({ outage: () => cluster.outage }, log)
  return { cluster, remote }
}

describe("checkpoints in a remote log as they were seen last", () => {
  it.effect("stay where the cluster refuses, or does not answer", () =>
    Effect.gen(function* () {
      const { cluster, remote } = made()
      const seen = yield* remote.lastCheckpoints("movies")
      assert.strictEqual(seen[0]?.checkpoint.sequence, 3)
      cluster.end = Effect.fail(new TransportError({ reason: "unauthorized", message: "refused" }))
      assert.deepStrictEqual(yield* remote.lastCheckpoints("movies"), seen)
      cluster.end = Effect.never
      cluster.outage = { silentMs: 2_000, message: "gone", isRefused: false }
      assert.deepStrictEqual(yield* remote.lastCheckpoints("movies"), seen)
      assert.match((yield* Effect.flip(remote.lastCheckpoints("films"))).message, /gone/)
    })
  )

  it.effect("are waited for the first time", () =>
    Effect.gen(function* () {
      const { cluster, remote } = made()
      cluster.end = Effect.delay(Effect.succeed(1n), "5 seconds")
      const looking = yield* Effect.forkChild(remote.lastCheckpoints("movies"))
      yield* TestClock.adjust("5 seconds")
      assert.lengthOf(yield* Fiber.join(looking), 1)
    })
  )
})

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
      cluster.outage = { silentMs: 2_000, message: "refused", isRefused: false }
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
