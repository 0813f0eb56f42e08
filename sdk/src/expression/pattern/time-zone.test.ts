import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { run } from "../testing/run-expression.ts"
import { sampleRow } from "../testing/sample-row.ts"
import { zoneTable } from "./time-zone.ts"

const zones = ["Europe/Vienna", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Tokyo"]

describe("time zones", () => {
  it("turn instants into the wall clocks that Intl shows", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: Date.UTC(1980, 0, 1) / 1000, max: Date.UTC(2099, 0, 1) / 1000 }),
        (zone, seconds) => {
          const utc = new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")
          const shown = new Date(seconds * 1000).toLocaleString("sv-SE", { timeZone: zone })
          assert.strictEqual(run(`CONVERT_TZ(s, 'UTC', '${zone}')`, sampleRow({ s: utc })), shown)
        }
      ),
      { numRuns: 150 }
    )
  })

  it.each([
    ["CONVERT_TZ('2020-03-29 02:30:00', 'Europe/Vienna', 'UTC')", "2020-03-29 01:30:00"],
    ["CONVERT_TZ('2020-10-25 02:30:00', 'Europe/Vienna', 'UTC')", "2020-10-25 00:30:00"],
    ["CONVERT_TZ('2020-01-01 00:00:00', 'GMT-08:00', '+05:30')", "2020-01-01 13:30:00"],
    ["CONVERT_TZ('no date', 'UTC', 'UTC')", null],
    ["CONVERT_TZ(ns, 'UTC', 'UTC')", null]
  ])("%s", (text, result) => {
    assert.strictEqual(run(text), result)
  })

  it("are unknown when nobody has them", () => {
    for (const name of ["Mars/Phobos", "", "+19:00", "Europe/Vienna'", "constructor"])
      assert.isUndefined(zoneTable(name))
  })
})
