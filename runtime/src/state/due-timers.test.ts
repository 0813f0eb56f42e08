import { createHash } from "node:crypto"
import { encodeTimer, eventTimers, StateEntryWriter } from "@millrace/sdk/record"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { dueTimers } from "./due-timers.ts"
import { foldOverlay } from "./folding.ts"
import { StateOverlay } from "./overlay.ts"

const place = { node: 1, partition: 0 }
const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest())
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1")

/** What the embedded log keeps in LMDB, in memory. */
class FoldedState {
  private readonly entries = new Map<string, Uint8Array>()

  fold(overlay: StateOverlay): void {
    foldOverlay(
      overlay,
      {
        put: (key, value) => void this.entries.set(latin1(key), value),
        remove: (key) => void this.entries.delete(latin1(key)),
        removeUnder: (prefix) => {
          for (const key of this.entries.keys()) if (key.startsWith(latin1(prefix))) this.entries.delete(key)
        }
      },
      { now: 0, schemaId: () => 0 }
    )
    overlay.reset()
  }

  *range(start: Uint8Array, end: Uint8Array) {
    for (const key of [...this.entries.keys()].toSorted((a, b) => (a < b ? -1 : 1)))
      if (key >= latin1(start) && key < latin1(end))
        yield { key: Buffer.from(key, "latin1"), value: this.entries.get(key) ?? new Uint8Array() }
  }
}

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ does: fc.constant("set" as const), time: fc.nat(50), key: fc.nat(3) })
  },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant("cancel" as const), time: fc.nat(50), key: fc.nat(3) })
  },
  { weight: 1, arbitrary: fc.constant({ does: "fold" as const, time: 0, key: 0 }) }
)

describe("the timers that are due", () => {
  it("are those that were set and not taken back, whatever of them is folded", () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.nat(50),
        fc.integer({ min: 1, max: 8 }),
        (steps, until, limit) => {
          const overlay = new StateOverlay(place)
          const folded = new FoldedState()
          const model = new Map<string, { readonly time: number; readonly key: number }>()
          for (const { does, key, time } of steps) {
            if (does === "fold") folded.fold(overlay)
            else {
              const { mapKey, value } = encodeTimer(
                { time, key: Uint8Array.of(key), tag: new Uint8Array() },
                sha256
              )
              const writer = new StateEntryWriter()
              if (does === "set") writer.put(eventTimers, null, mapKey, 0, value)
              else writer.delete(eventTimers, null, mapKey)
              overlay.apply(writer.finish())
              if (does === "set") model.set(`${time} ${key}`, { time, key })
              else model.delete(`${time} ${key}`)
            }
          }
          const expected = [...model.values()]
            .filter(({ time }) => time <= until)
            .toSorted((left, right) => left.time - right.time || left.key - right.key)
            .slice(0, limit)
          for (let again = 0; again < 2; again++) {
            const due = dueTimers(place, overlay, (start, end) => folded.range(start, end), {
              state: eventTimers,
              until,
              limit
            })
            assert.deepStrictEqual(
              due.map(({ key, time }) => ({ time, key: key?.[0] ?? -1 })),
              expected
            )
          }
        }
      )
    )
  })
})
