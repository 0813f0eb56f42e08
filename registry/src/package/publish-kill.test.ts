import { assert, describe, it } from "vitest"
import { failpoints } from "../store/failpoint.ts"
import { killedPublish } from "../testing/killed-publish.ts"

describe("a publish that is killed", () => {
  it.each([...failpoints, "never"] as const)(
    "at %s is there whole, with its entry in the audit log, or not at all",
    async (moment) => {
      assert.deepEqual(await killedPublish(moment), {
        ended: moment === "never" ? "0" : "SIGKILL",
        isThere: moment === "after-commit" || moment === "never",
        faults: []
      })
    }
  )
})
