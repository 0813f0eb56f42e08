import { noWatermark } from "@millrace/sdk/record"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import type { Checkpoint } from "../../transport/transport.ts"
import type { FrameParts } from "../input/frames.ts"
import { chainPartition } from "../task/source-partitions.ts"
import { EventClock } from "./event-clock.ts"
import { finalWatermark } from "./watermark.ts"

const input = { topic: "t", producers: ["p/a"] }

const parts = (partition: number, more: Partial<FrameParts>): FrameParts => ({
  data: undefined,
  controls: [],
  next: 0n,
  producer: 1,
  partition,
  sequence: 0,
  watermark: noWatermark,
  ...more
})
const tasks = (count: number) => parts(chainPartition, { controls: [{ kind: "active", timestamp: count }] })
const end = parts(chainPartition, { controls: [{ kind: "end", timestamp: 0 }] })
const batch = (task: number, watermark: number) => parts(task, { watermark })
const idle = (task: number, watermark: number) =>
  parts(task, { watermark, controls: [{ kind: "idle", timestamp: 0 }] })

const checkpointOf = (watermarks: Checkpoint["watermarks"]): Checkpoint => ({
  sequence: 1,
  offsets: [],
  positions: {},
  tokens: {},
  watermarks,
  counts: {},
  completed: false,
  now: 0,
  ledger: {}
})

const see = (clock: EventClock, ...seen: readonly FrameParts[]): number => {
  for (const one of seen) clock.observe("t", "p/a", one)
  clock.takeChanges()
  return clock.watermark
}

describe("a task's event time", () => {
  it("is none until every task of every producer was heard of, and then the least of theirs", () => {
    const clock = new EventClock([input], undefined)
    assert.strictEqual(see(clock, batch(0, 50)), noWatermark)
    assert.strictEqual(see(clock, tasks(2)), noWatermark)
    assert.strictEqual(see(clock, batch(1, 40)), 40)
    assert.strictEqual(see(clock, batch(1, 70)), 50)
  })

  it("never goes back", () => {
    const clock = new EventClock([input], undefined)
    assert.strictEqual(see(clock, tasks(2), batch(0, 50), idle(1, noWatermark)), 50)
    assert.strictEqual(see(clock, batch(1, 20)), 50)
    assert.strictEqual(see(clock, batch(0, 90)), 50)
    assert.strictEqual(see(clock, batch(1, 60)), 60)
  })

  it("does not wait for a task that idles, and goes as far as any came when all do, in whatever order they fell silent", () => {
    for (const order of [
      [0, 1],
      [1, 0]
    ]) {
      const clock = new EventClock([input], undefined)
      assert.strictEqual(see(clock, tasks(2), batch(0, 50), batch(1, 10)), 10)
      for (const task of order) {
        assert.isFalse(clock.isIdle)
        see(clock, idle(task, task === 0 ? 50 : 10))
      }
      assert.strictEqual(clock.watermark, 50)
      assert.isTrue(clock.isIdle)
    }
  })

  it("is final when all input has ended, which is not its own to pass on", () => {
    const clock = new EventClock([input], undefined)
    assert.strictEqual(see(clock, tasks(1), batch(0, 50)), 50)
    assert.strictEqual(see(clock, end), finalWatermark)
    assert.isTrue(clock.hasEnded)
    assert.strictEqual(clock.outgoing, 50)
    const alone = new EventClock([input], undefined)
    assert.strictEqual(see(alone, end), finalWatermark)
    assert.strictEqual(alone.outgoing, noWatermark)
  })

  it("goes on from any checkpoint as if nothing had happened", () => {
    const step = fc.oneof(
      fc.constant(tasks(3)),
      fc.tuple(fc.nat(2), fc.nat(100)).map(([task, watermark]) => batch(task, watermark)),
      fc.tuple(fc.nat(2), fc.nat(100)).map(([task, watermark]) => idle(task, watermark))
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.boolean())), (steps) => {
        const whole = new EventClock([input], undefined)
        let cut = new EventClock([input], undefined)
        let watermarks: Checkpoint["watermarks"] = {}
        for (const [one, isKilled] of steps) {
          whole.observe("t", "p/a", one)
          whole.takeChanges()
          cut.observe("t", "p/a", one)
          watermarks = { ...watermarks, ...cut.takeChanges() }
          if (isKilled) cut = new EventClock([input], checkpointOf(watermarks))
          assert.strictEqual(cut.watermark, whole.watermark)
          assert.strictEqual(cut.isIdle, whole.isIdle)
        }
      })
    )
  })
})
