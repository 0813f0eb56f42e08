import { assert, describe, it } from "vitest"
import { temporaryFolder } from "../input/program.ts"
import { faults, missedBy, runFault } from "./faults.ts"

process.env["MILLRACE_ALERT_SCALE"] = "0.001"

/** seeded-faults.test.ts has all. */
const sample = [undefined, ...faults.filter(({ name }) => name === "a record within a batch of the log lost")]

describe("the ledger of records, in short", () => {
  for (const fault of sample)
    it(fault === undefined ? "balances when nothing is harmed" : `alarms at ${fault.name}`, async () => {
      const folder = temporaryFolder()
      try {
        assert.deepEqual(missedBy(await runFault(folder.path, fault, (count) => count - 1), fault), [])
      } finally {
        folder.remove()
      }
    })
})
