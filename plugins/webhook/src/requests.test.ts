import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { settingsOf } from "./config.ts"
import type { Outgoing } from "./outgoing.ts"
import { lanesOf, requestOf } from "./requests.ts"

const records = fc
  .array(
    fc.record({ key: fc.option(fc.constantFrom("a", "b", "c", "d")), size: fc.integer({ min: 1, max: 40 }) })
  )
  .map((given) =>
    given.map(({ key, size }, index): Outgoing => ({
      index,
      id: `id-${index}`,
      key: key === null ? null : new TextEncoder().encode(key),
      method: "POST",
      path: "",
      body: new TextEncoder().encode(JSON.stringify("x".repeat(size)))
    }))
  )
const configs = fc.record({
  batch: fc.constantFrom("record", "array", "ndjson"),
  maxRecords: fc.integer({ min: 1, max: 9 }),
  maxBytes: fc.integer({ min: 45, max: 200 }),
  maxInFlight: fc.integer({ min: 1, max: 5 })
})

describe("the requests of a batch", () => {
  it("carry every record once, those of a key in one lane and in order, within the limits", () => {
    fc.assert(
      fc.property(records, configs, (given, config) => {
        const settings = settingsOf({ url: "https://hooks.example.com", ...config })
        const lanes = lanesOf(given, settings)
        assert.isAtMost(lanes.length, settings.maxInFlight)
        const sent = lanes.flatMap((lane) => lane.flat())
        assert.sameMembers(
          sent.map(({ index }) => index),
          given.map(({ index }) => index)
        )
        const laneOf = new Map<string, number>()
        for (const [number, lane] of lanes.entries()) {
          const indexes = lane.flat().map(({ index }) => index)
          assert.deepEqual(
            indexes,
            indexes.toSorted((left, right) => left - right)
          )
          for (const { key } of lane.flat()) {
            if (key === null) continue
            const name = new TextDecoder().decode(key)
            assert.strictEqual(laneOf.get(name) ?? number, number)
            laneOf.set(name, number)
          }
          for (const request of lane) {
            assert.isAtMost(request.length, settings.batch === "record" ? 1 : settings.maxRecords)
            assert.isAtMost(requestOf(request, settings).body?.length ?? 0, settings.maxBytes)
          }
        }
      }),
      { numRuns: 200 }
    )
  })

  it("have the same name for the same records, and another for others", () => {
    const settings = settingsOf({ url: "https://hooks.example.com", batch: "array" })
    const nameOf = (ids: readonly string[]) =>
      requestOf(
        ids.map((id, index) => ({ index, id, key: null, method: "POST", path: "", body: new Uint8Array(1) })),
        settings
      ).headers["Idempotency-Key"]
    assert.strictEqual(nameOf(["a", "b"]), nameOf(["a", "b"]))
    assert.strictEqual(nameOf(["a"]), "a")
    assert.strictEqual(new Set([["a", "b"], ["b", "a"], ["a"], ["ab"], ["a", "b", "c"]].map(nameOf)).size, 5)
  })
})
