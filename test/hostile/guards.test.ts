import { assert, describe, it } from "vitest"
import { guardProofs, proveGuard } from "./guards.ts"

describe("a guard of the sandbox", () => {
  for (const proof of guardProofs) {
    it(`holds what nothing else holds: ${proof.guard}`, async (test) => {
      const shown = await proveGuard(proof)
      if (shown === undefined) return test.skip(`this platform has no ${proof.hostile.needs}`)
      assert.deepStrictEqual(shown.held, [], "with the guard")
      assert.isNotEmpty(shown.off, "without the guard")
    })
  }
})
