import { assert, describe, it } from "vitest"
import { allCases, groups } from "./all-cases.ts"
import { describeCases } from "./describe-cases.ts"

describeCases("a plugin whose output is hostile", groups["output"] ?? [], 4)
describeCases("a plugin that looks for a way out", groups["escape"] ?? [], 5)
describeCases("a plugin that forges", groups["integrity"] ?? [], 8)

describe("the hostile cases", () => {
  it("have an id each", () => {
    assert.strictEqual(new Set(allCases.map(({ id }) => id)).size, allCases.length)
  })
})
