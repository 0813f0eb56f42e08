import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { ExpirySweep } from "./expiry-sweep.ts"

/** The ordered store, by the one byte of its keys. */
class Entries {
  readonly expiries: Map<number, number>

  constructor(given: readonly (readonly [number, number])[]) {
    this.expiries = new Map(given)
  }

  *from(key: Uint8Array | undefined) {
    for (const [at, expiry] of [...this.expiries].toSorted(([a], [b]) => a - b))
      if (at >= (key?.[0] ?? 0)) yield { key: new Uint8Array([at]), expiry }
  }

  remove(key: Uint8Array): void {
    this.expiries.delete(key[0] ?? -1)
  }
}

describe("the sweep of what has expired", () => {
  it("has removed all of it, and nothing else, after a round", () => {
    const entry = fc.tuple(fc.nat(255), fc.nat(20))
    const given = fc.uniqueArray(entry, { selector: ([key]) => key, maxLength: 60 })
    fc.assert(
      fc.property(given, fc.nat(20), fc.integer({ min: 1, max: 20 }), (all, now, limit) => {
        const entries = new Entries(all)
        const sweep = new ExpirySweep()
        const target = {
          from: (key: Uint8Array | undefined) => entries.from(key),
          remove: (key: Uint8Array) => entries.remove(key)
        }
        for (let step = 0; step <= all.length / limit; step++) sweep.step(target, limit, now)
        const kept = all.filter(([, expiry]) => expiry === 0 || expiry > now)
        assert.deepEqual(entries.expiries, new Map(kept))
      })
    )
  })

  it("goes on where it was, and round again", () => {
    const entries = new Entries([1, 2, 3, 4, 5].map((key) => [key, 10]))
    const sweep = new ExpirySweep()
    const left: number[] = []
    const target = {
      from: (key: Uint8Array | undefined) => entries.from(key),
      remove: (key: Uint8Array) => entries.remove(key)
    }
    for (const now of [0, 10, 10, 0, 10]) {
      sweep.step(target, 2, now)
      left.push(entries.expiries.size)
    }
    assert.deepEqual(left, [5, 3, 2, 2, 0])
  })
})
