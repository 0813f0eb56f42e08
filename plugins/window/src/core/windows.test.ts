import { assert, describe, it } from "vitest"
import { checkCase } from "./testing/check-case.ts"

describe("windows", () => {
  it("are those of a naive oracle, whatever the order of partitions, idleness and timers", () => {
    for (let seed = 1; seed <= 1_000; seed++) assert.isUndefined(checkCase(seed))
  })
})
