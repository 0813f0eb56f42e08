import { assert, describe, it } from "vitest"
import { OwnUnits } from "./own-units.ts"
import { Session } from "./session.ts"

const unit = { id: "c/0", chain: "c" }

const begin = () => {
  const news: string[] = []
  let now = 0
  const units = new OwnUnits(
    () => now,
    (what) => news.push(what)
  )
  return { units, news, at: (time: number) => (now = time) }
}

describe("the units of a worker", () => {
  it("are held once they are both assigned and offered, in either order", () => {
    const { units } = begin()
    units.assign(["c/0", "c/1"])
    assert.strictEqual(units.offer(unit).phase, "held")
    const other = units.offer({ id: "c/2", chain: "c" })
    assert.strictEqual(other.phase, "idle")
    units.assign(["c/0", "c/2"])
    assert.deepStrictEqual(units.ids("held"), ["c/0", "c/2"])
  })

  it("stay claimed from their revocation until they are released, and are told then", () => {
    const { news, units } = begin()
    const own = units.offer(unit)
    units.assign(["c/0"])
    units.assign([])
    assert.deepStrictEqual([own.phase, units.claims()], ["revoked", ["c/0"]])
    assert.deepStrictEqual([own.held.isOpen(), own.free.isOpen()], [false, true])
    units.release(own)
    assert.deepStrictEqual([own.phase, units.claims()], ["idle", []])
    assert.deepStrictEqual(news, ["offered", "given up"])
  })

  it("are not held again before the work from before stands still", () => {
    const { news, units } = begin()
    const own = units.offer(unit)
    units.assign(["c/0"])
    units.assign([])
    units.assign(["c/0"])
    assert.strictEqual(own.phase, "revoked")
    units.release(own)
    assert.strictEqual(own.phase, "held")
    assert.deepStrictEqual(news, ["offered", "rested"])
  })

  it("are claimed no more when they are lost, nor when their work does not stand still in time", () => {
    const { at, news, units } = begin()
    const own = units.offer(unit)
    units.assign(["c/0"])
    units.lose()
    assert.deepStrictEqual([own.phase, units.claims()], ["revoked", []])
    units.release(own)
    units.assign(["c/0"])
    at(10)
    units.assign([])
    units.disown(9)
    assert.deepStrictEqual(units.claims(), ["c/0"])
    units.disown(10)
    assert.deepStrictEqual([units.claims(), own.phase], [[], "revoked"])
    units.release(own)
    assert.deepStrictEqual(news, ["offered", "rested", "given up", "rested"])
  })

  it("are given up by being withdrawn, and nothing is released that was not revoked", () => {
    const { news, units } = begin()
    const own = units.offer(unit)
    units.assign(["c/0"])
    units.release(own)
    assert.strictEqual(own.phase, "held")
    units.assign([])
    units.withdraw(own)
    assert.deepStrictEqual(units.claims(), [])
    assert.deepStrictEqual(news, ["offered", "given up"])
    assert.strictEqual(units.withdrawnAt("c/0"), 0)
  })

  it("are one's at a time where the same is offered twice", () => {
    const { units } = begin()
    const [one, other] = [units.offer(unit), units.offer(unit)]
    units.assign(["c/0"])
    assert.deepStrictEqual([one.phase, other.phase], ["held", "idle"])
    units.withdraw(one)
    assert.strictEqual(other.phase, "held")
    assert.isUndefined(units.withdrawnAt("c/0"))
  })
})

describe("a session", () => {
  const session = () => new Session({ sessionTimeoutMs: 6_000, rebalanceTimeoutMs: 18_000 })

  it("has not begun before something was answered", () => {
    const begun = session()
    assert.strictEqual(begun.endsAt(), -Infinity)
    begun.confirm(5, false)
    assert.strictEqual(begun.endsAt(), -Infinity)
  })

  it("ends its time after the last request that was answered was sent", () => {
    const going = session()
    going.confirm(1_000, true)
    going.confirm(900, true)
    assert.strictEqual(going.endsAt(), 7_000)
    going.end()
    assert.strictEqual(going.endsAt(), -Infinity)
  })

  it("is not prolonged for ever by heartbeats while the others wait for it", () => {
    const waited = session()
    waited.confirm(1_000, true)
    for (let at = 2_000; at < 40_000; at += 500) waited.confirm(at, false)
    assert.strictEqual(waited.endsAt(), 19_000)
  })
})
