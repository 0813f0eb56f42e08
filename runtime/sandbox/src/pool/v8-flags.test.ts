import { assert, describe, it } from "vitest"
import { v8Flags } from "./v8-flags.ts"

describe("sandbox processes that began together", () => {
  it("compile after different numbers of calls, none before V8 would", () => {
    for (const [compiler, least] of Object.entries({ maglev: 400, turbofan: 3_000 })) {
      const counts = Array.from({ length: 16 }, (_, place) =>
        v8Flags(12_345 + place).flatMap((flag) => {
          const [name, count] = flag.split("=")
          return name === `--invocation-count-for-${compiler}` ? [Number(count)] : []
        })
      ).flat()
      assert.strictEqual(new Set(counts).size, 16)
      assert.isTrue(counts.every((count) => Number.isInteger(count) && count >= least))
    }
  })
})
