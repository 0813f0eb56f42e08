import { assert, describe, it } from "vitest"
import { deliveryFaults, orderFaults } from "./flaky/delivery-faults.ts"
import { nameOf, ordersOf } from "./flaky/orders.ts"
import { type Delivery, deliver } from "./flaky/run-delivery.ts"

// A sample of test/http/flaky, and whether its judge sees what is wrong.

const orders = ordersOf(2, 8)
const good: Delivery = {
  orders,
  arrivals: orders.map((order) => ({
    order,
    id: `id of ${nameOf(order)}`,
    outcome: order.bad ? "refused" : "taken"
  })),
  requests: orders.length,
  dead: orders.filter(({ bad }) => bad).map((order) => ({ name: nameOf(order), message: "no such order" })),
  killed: 0
}
const faultsOf = (delivery: Delivery) => [...deliveryFaults(delivery), ...orderFaults(delivery)]
const [first, second, third] = good.arrivals

describe("the judge of deliveries", () => {
  it("finds nothing where orders come in order, also more than once", () => {
    assert.deepEqual(faultsOf(good), [])
    assert.deepEqual(faultsOf({ ...good, arrivals: [...good.arrivals, ...good.arrivals] }), [])
  })

  it("finds what was lost, repeated under another id, out of order, or among the wrong dead letters", () => {
    if (first === undefined || second === undefined || third === undefined) throw new Error("no arrivals")
    const rest = good.arrivals.slice(3)
    const cases: readonly [delivery: Partial<Delivery>, fault: RegExp][] = [
      [{ arrivals: good.arrivals.slice(0, -1) }, /^k1\/7, which is good, was not taken$/],
      [{ arrivals: [...good.arrivals, { ...first, id: "another" }] }, /^k0\/0 came as .* and as another$/],
      [{ arrivals: [first, { ...second, id: first.id }, third, ...rest] }, /is k0\/0 and k1\/0$/],
      [{ arrivals: [third, second, first, ...rest] }, /^k0\/1 came before k0\/0 was settled$/],
      [{ dead: [] }, /^dead letters are , not k1\/5$/],
      [{ dead: [...good.dead, ...good.dead] }, /^dead letters are k1\/5, k1\/5, not k1\/5$/]
    ]
    for (const [changed, fault] of cases)
      assert.match(faultsOf({ ...good, ...changed }).join("\n"), new RegExp(fault.source, "m"))
  })
})

describe("a webhook whose receiver fails", () => {
  it("delivers every order, when its sandbox is killed in the middle", async () => {
    const delivery = await deliver({
      seed: 5,
      keys: 4,
      perKey: 12,
      config: { timeoutMs: 300, retry: { attempts: 4, backoffMs: 2 } },
      share: 0.2,
      partial: false,
      kills: new Map([[20, "sandbox"]])
    })
    assert.deepEqual(faultsOf(delivery), [])
    assert.strictEqual(delivery.killed, 1)
  })
})
