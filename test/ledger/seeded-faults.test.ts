import { assert, describe, it } from "vitest"
import { temporaryFolder } from "../input/program.ts"
import { faults, missedBy, runFault } from "./faults.ts"

process.env["MILLRACE_ALERT_SCALE"] = "0.001"

const drawn = (place: number) => (count: number) => (place * 7 + 3) % count

describe("the ledger of records", () => {
  for (const [place, fault] of [undefined, ...faults].entries())
    it(fault === undefined ? "balances when nothing is harmed" : `alarms at ${fault.name}`, async () => {
      const folder = temporaryFolder()
      try {
        assert.deepEqual(missedBy(await runFault(folder.path, fault, drawn(place)), fault), [])
      } finally {
        folder.remove()
      }
    })
})
