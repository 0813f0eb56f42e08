import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { assert, describe, it } from "vitest"
import { CapabilityError, hostRequest } from "../../capability/host-request.ts"
import type { GuestHost, GuestPending, GuestReply } from "../abi.ts"
import { drive, driveInto, isGenerator } from "./drive.ts"

class Refused extends Schema.TaggedError<Refused>()("Refused", { message: Schema.String }) {}

type Ended = { readonly value: unknown } | { readonly error: unknown }
const isPending = (result: unknown): result is GuestPending =>
  typeof result === "object" && result !== null && "__millrace_pending" in result

/** Settles a result; the outcomes land in `ended`. */
const settle = (result: unknown) => {
  const ended: Ended[] = []
  if (!isPending(result)) return { ended: [{ value: result }], cancel: () => {} }
  result.settle(
    (value) => ended.push({ value }),
    (error) => ended.push({ error })
  )
  return { ended, cancel: () => result.cancel() }
}

/** A host that keeps requests until they are answered by hand. */
const heldHost = () => {
  const held: { readonly operation: string; readonly reply: GuestReply }[] = []
  const host: GuestHost = {
    expression: () => undefined,
    schema: () => undefined,
    request: (_handle, operation, _payload, _bytes, reply) => held.push({ operation, reply }),
    lookup: () => undefined,
    log: () => {},
    metric: () => {}
  }
  const ask = (operation: string) =>
    hostRequest(host, { handle: "h", operation, payload: {}, answer: (result) => result })
  return { held, ask }
}

describe("a driven body", () => {
  it("answers at once when nothing is yielded", () => {
    assert.strictEqual(drive(body(() => 3)), 3)
    function* body(f: () => number) {
      return f()
    }
  })

  it("goes through effects that end at once without a deep stack", () => {
    function* body() {
      let sum = 0
      for (let step = 0; step < 50_000; step++) sum += yield* Effect.succeed(1)
      return sum
    }
    assert.deepEqual(settle(drive(body())).ended, [{ value: 50_000 }])
  })

  it("waits for a host request, and needs no fiber for it", () => {
    const { held, ask } = heldHost()
    function* body() {
      return [yield* ask("first"), yield* ask("second")]
    }
    const run = settle(drive(body()))
    assert.deepEqual(run.ended, [])
    held[0]?.reply(undefined, "1", undefined)
    assert.strictEqual(held[1]?.operation, "second")
    held[1]?.reply(undefined, "2", undefined)
    assert.deepEqual(run.ended, [{ value: [1, 2] }])
  })

  it("runs a host request inside a piped effect, too", async () => {
    const { held, ask } = heldHost()
    function* body() {
      return yield* ask("one").pipe(
        Effect.map((value) => ({ value })),
        Effect.catchTag("CapabilityError", (error) => Effect.succeed(error.code))
      )
    }
    const refused = settle(drive(body()))
    held[0]?.reply({ code: "NOT_FOUND", message: "gone" }, "", undefined)
    await Effect.runPromise(Effect.yieldNow)
    assert.deepEqual(refused.ended, [{ value: "NOT_FOUND" }])
  })

  it("fails with the effect's own error, after its finally blocks", () => {
    const seen: string[] = []
    function* body() {
      try {
        yield* new Refused({ message: "no" })
        return 1
      } finally {
        yield* Effect.sync(() => seen.push("closed"))
      }
    }
    const [ended] = settle(drive(body())).ended
    assert.deepEqual(seen, ["closed"])
    assert.isTrue(ended !== undefined && "error" in ended && ended.error instanceof Refused)
  })

  it("fails with a CapabilityError when the worker refuses", () => {
    const { held, ask } = heldHost()
    function* body() {
      return yield* ask("read")
    }
    const run = settle(drive(body()))
    held[0]?.reply({ code: "PERMISSION_DENIED", message: "not granted" }, "", undefined)
    const [ended] = run.ended
    assert.isTrue(ended !== undefined && "error" in ended && ended.error instanceof CapabilityError)
  })

  it("fails with what the body throws, before and after a yield", () => {
    function* early(fail: boolean): Generator<Effect.Effect<void>, number> {
      if (fail) throw new Error("early")
      yield* Effect.void
      throw new Error("late")
    }
    assert.throws(() => drive(early(true)), "early")
    const [ended] = settle(drive(early(false))).ended
    assert.match(String(ended !== undefined && "error" in ended && ended.error), /late/)
  })

  it("refuses what is no Effect", () => {
    function* body() {
      yield Option.some(1)
    }
    const [ended] = settle(drive(body())).ended
    assert.match(String(ended !== undefined && "error" in ended && ended.error), /Effects only/)
  })

  it("waits for an effect that ends later", async () => {
    const latch = Effect.runSync(Deferred.make<number>())
    function* body() {
      return yield* Deferred.await(latch)
    }
    const run = settle(drive(body()))
    assert.deepEqual(run.ended, [])
    Effect.runSync(Deferred.succeed(latch, 7))
    await Effect.runPromise(Effect.yieldNow)
    assert.deepEqual(run.ended, [{ value: 7 }])
  })

  it("stops when it is cancelled: finally blocks run, effects are interrupted, nobody is told", async () => {
    const seen: string[] = []
    const { held, ask } = heldHost()
    function* body() {
      try {
        yield* ask("never")
      } finally {
        seen.push("closed")
      }
    }
    const run = settle(drive(body()))
    run.cancel()
    run.cancel()
    held[0]?.reply(undefined, "1", undefined)
    assert.deepEqual(seen, ["closed"])
    assert.deepEqual(run.ended, [])

    function* sleeper() {
      yield* Effect.never.pipe(Effect.onInterrupt(() => Effect.sync(() => seen.push("interrupted"))))
    }
    settle(drive(sleeper())).cancel()
    await Effect.runPromise(Effect.yieldNow)
    assert.deepEqual(seen, ["closed", "interrupted"])
  })

  it("converts the result, now or later, and fails when that throws", () => {
    function* body() {
      return yield* Effect.sync(() => 2)
    }
    assert.strictEqual(driveInto(1, (value) => [value]) instanceof Array, true)
    assert.deepEqual(settle(driveInto(drive(body()), (value) => [value])).ended, [{ value: [2] }])
    const failed = settle(
      driveInto(drive(body()), () => {
        throw new Error("no position")
      })
    )
    assert.match(String(Object.values(failed.ended[0] ?? {})[0]), /no position/)
  })

  it("knows a generator function by its tag", () => {
    assert.isTrue(isGenerator(function* () {}))
    assert.isFalse(isGenerator(() => {}))
    assert.isFalse(isGenerator(async () => {}))
  })
})
