import { assert, describe, it } from "vitest"
import { openTestSandbox } from "./index.ts"

const alarm = (id: string, time: number, tag: string, cancels = false) => ({ id, time, tag, cancels })

describe("timers that cannot be set", () => {
  it("fail the record alone, and say which call and what to do", async () => {
    const sandbox = await openTestSandbox(new URL("./fixtures/alarms.ts", import.meta.url))
    try {
      const run = await sandbox.processor({
        plugin: "alarms",
        input: [
          alarm("a", 1, "a".repeat(256)),
          alarm("b", 1, `${"a".repeat(255)}é`),
          alarm("c", 1, "a".repeat(300), true),
          alarm("d", 1.5, "")
        ]
      })
      assert.deepEqual(
        run.deadLetters.map(({ code, tag }) => [code, tag]),
        Array.from({ length: 3 }, () => ["PLUGIN_FAILED", "TimerError"])
      )
      assert.deepEqual(
        run.deadLetters.map(({ message }) => message),
        [
          "TIMER_TAG_TOO_LONG: at(time, tag): the tag has 257 bytes, of at most 256: keep what is long in a state of the key, and name it by the tag",
          "TIMER_TAG_TOO_LONG: cancel(time, tag): the tag has 300 bytes, of at most 256: keep what is long in a state of the key, and name it by the tag",
          "TIMER_TIME_INVALID: at(time, tag): the time is no whole number of milliseconds since 1970"
        ]
      )
    } finally {
      await sandbox.close()
    }
  })
})
