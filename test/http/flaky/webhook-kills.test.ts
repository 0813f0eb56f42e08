import { assert, describe, it } from "vitest"
import { type Delivery, deliver, type DeliveryOptions } from "./run-delivery.ts"
import { deliveryFaults, orderFaults } from "./delivery-faults.ts"
import { randomOf } from "./faults.ts"
import { killsTimeoutMs, type Victim } from "./killed-platform.ts"

// A receiver that fails in every way that it can, and processes that are killed while a request is under way: what the
// webhook's README promises still holds. MILLRACE_SEED=7 for another course of events.

const seed = Number(process.env["MILLRACE_SEED"] ?? 3)

/** Kills in the middle of requests, of the sandbox process and of the platform in turn. */
const killsOf = (start: number, count: number, within: number): ReadonlyMap<number, Victim> => {
  const random = randomOf(start)
  const victims: readonly Victim[] = ["sandbox", "platform"]
  return new Map(
    Array.from({ length: count }, (_, index): [number, Victim] => [
      Math.floor(((index + random()) * within) / count) + 1,
      victims[index % 2] ?? "sandbox"
    ])
  )
}

const base: DeliveryOptions = {
  seed,
  keys: 12,
  perKey: 30,
  config: {},
  share: 0.25,
  partial: false,
  kills: new Map()
}
const patience = { timeoutMs: 300, retry: { attempts: 4, backoffMs: 2 } }
const cases = (delivery: Delivery): string =>
  `${delivery.requests} requests, ${delivery.arrivals.length} arrivals, ${delivery.killed} kills`

describe(
  `a webhook whose receiver fails, while processes are killed (MILLRACE_SEED=${seed})`,
  { timeout: killsTimeoutMs },
  () => {
    it("delivers every order at least once under one id, a key's in order, and refused ones as dead letters", async () => {
      const delivery = await deliver({ ...base, config: patience, kills: killsOf(seed, 6, 360) })
      assert.deepEqual([...deliveryFaults(delivery), ...orderFaults(delivery)], [], cases(delivery))
      assert.strictEqual(delivery.killed, 6)
      for (const { message } of delivery.dead)
        assert.strictEqual(message, 'the receiver answered 422: {"error":"no such order"}')
    })

    it("finds the refused ones among many of a request, and sends again what was only postponed", async () => {
      const delivery = await deliver({
        ...base,
        perKey: 60,
        partial: true,
        config: {
          ...patience,
          batch: "array",
          body: "envelope",
          maxRecords: 9,
          partial: { failed: "/errors" }
        },
        kills: killsOf(seed + 1, 6, 100)
      })
      assert.deepEqual(deliveryFaults(delivery), [], cases(delivery))
      assert.strictEqual(delivery.killed, 6)
      for (const { message } of delivery.dead) assert.include(message, "no such order")
    })
  }
)
