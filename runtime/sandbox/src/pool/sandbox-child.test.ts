import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { areaBytes, sharedFileBytes } from "../protocol/shared-layout.ts"
import { probeGuards } from "./guards.ts"
import { poolSettings } from "./pool-options.ts"
import { greetChild, spawnChild } from "./start-child.ts"

const settings = poolSettings({})

describe("a sandbox process", () => {
  it("is not asked more than has room, and answers what it is asked beside that", async () => {
    const platform = await Effect.runPromise(
      probeGuards(settings.disabled, settings.dataMiB, sharedFileBytes)
    )
    const child = spawnChild(settings, platform)
    const inspected = (text: string) => {
      const bundle = Buffer.from(`throw new Error(${JSON.stringify(text)})`, "utf8")
      const question = {
        ask: "inspect",
        memoryMiB: 64,
        timeoutMs: 5_000,
        plugin: "p",
        requestJson: "{}",
        isDerive: false
      } as const
      return Effect.map(child.ask(question, [bundle], 5_000), ({ answer }) =>
        answer.is === "failed" ? answer.failure.includes(text) : answer.is
      )
    }
    try {
      await Effect.runPromise(greetChild(child, settings))
      const tooMuch = child.ask({ ask: "close", segment: 0 }, [new Uint8Array(areaBytes + 1)], 5_000)
      const answers = Effect.all([inspected("first"), Effect.flip(tooMuch), inspected("second")], {
        concurrency: 3
      })
      const [first, refused, second] = await Effect.runPromise(answers)
      assert.deepStrictEqual([first, second], [true, true])
      assert.strictEqual(refused.reason, "malformed")
      assert.isFalse(child.isEnded)
    } finally {
      child.kill("closed")
    }
  })
})
