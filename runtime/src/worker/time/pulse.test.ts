import { BatchCursor, noWatermark } from "@millrace/sdk/record"
import { assert, describe, it } from "vitest"
import { Pulse } from "./pulse.ts"

const pulseOf = () => new Pulse(new Set(["t"]), new Map([["t", 3]]), undefined)
const kindOf = (frame: Uint8Array) => {
  const cursor = new BatchCursor(frame)
  cursor.next()
  return cursor.control
}

describe("a task's pulse", () => {
  it("owes nothing while there is no event time", () => {
    assert.isFalse(pulseOf().owes(noWatermark, false))
  })

  it("goes to the partitions that got no records, once for a watermark", () => {
    const pulse = pulseOf()
    const sent = [{ topic: "t", partition: 1, frame: new Uint8Array() }]
    assert.isTrue(pulse.owes(5, false))
    const { outputs } = pulse.beat(5, false, sent, 0)
    assert.deepStrictEqual(
      outputs.map(({ partition }) => partition),
      [0, 2]
    )
    assert.deepStrictEqual(
      outputs.map(({ frame }) => kindOf(frame)),
      ["active", "active"]
    )
    pulse.note(5, false, [...sent, ...outputs], 0)
    assert.isFalse(pulse.owes(5, false))
    assert.isTrue(pulse.owes(6, false))
  })

  it("does not beat faster than every 100 ms in a task that is busy", () => {
    const pulse = pulseOf()
    pulse.note(5, false, pulse.beat(5, false, [], 1000).outputs, 1000)
    assert.isFalse(pulse.isDue(6, 1099))
    assert.isTrue(pulse.isDue(6, 1100))
  })

  it("tells a task that waits in how long it may say what it owes", () => {
    const pulse = pulseOf()
    assert.isUndefined(pulse.dueIn(noWatermark, false, 1000))
    assert.strictEqual(pulse.dueIn(5, false, 1000), 0)
    pulse.note(5, false, pulse.beat(5, false, [], 1000).outputs, 1000)
    assert.isUndefined(pulse.dueIn(5, false, 1030))
    assert.strictEqual(pulse.dueIn(6, false, 1030), 70)
    assert.strictEqual(pulse.dueIn(6, true, 1030), 0)
  })

  it("tells every partition that the task idles, and at once that it goes on", () => {
    const pulse = pulseOf()
    pulse.note(5, false, pulse.beat(5, false, [], 1000).outputs, 1000)
    const idle = pulse.beat(5, true, [], 1001)
    assert.deepStrictEqual(
      idle.outputs.map(({ frame }) => kindOf(frame)),
      ["idle", "idle", "idle"]
    )
    assert.deepStrictEqual(idle.watermarks, { idle: 1 })
    pulse.note(5, true, idle.outputs, 1001)
    assert.isFalse(pulse.owes(5, true))
    assert.isTrue(pulse.isDue(5, 1002))
    assert.strictEqual(pulse.beat(5, false, [], 1002).outputs.length, 3)
  })
})
