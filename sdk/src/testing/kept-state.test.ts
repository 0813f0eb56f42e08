import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { openTestSandbox, type TestSandbox } from "./index.ts"

const entry = new URL("./fixtures/kept.ts", import.meta.url)
const note = (act: string, text = "", key = "k") => ({ key, act, text })

describe("lists and windows as keyed state", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(entry)
  })
  afterAll(() => sandbox.close())

  const allOf = async (plugin: string, input: readonly ReturnType<typeof note>[]) => {
    const whole = await sandbox.processor({ plugin, input })
    // Each record in a call of its own: all that is known comes from the state.
    const single = await sandbox.processor({ plugin, input, batchSize: 1 })
    assert.deepEqual(single.values, whole.values)
    return whole.values.map((value) => Reflect.get(Object(value), "all"))
  }

  it("appends to a list, sets it anew, clears it, and takes a failed record's changes back", async () => {
    const input = [
      note("append", "a"),
      note("append", "b"),
      note("append", "other", "l"),
      note("fail"),
      note("append"),
      note("set", "x,y"),
      note("append", "z"),
      note("clear"),
      note("append", "c")
    ]
    assert.deepEqual(await allOf("notes", input), [
      ["a"],
      ["a", "b"],
      ["other"],
      ["a", "b", "null"],
      ["x", "y"],
      ["x", "y", "z"],
      [],
      ["c"]
    ])
  })

  it("keeps a value by window, in the order of their bounds", async () => {
    const input = [
      note("add", "1000-2000"),
      note("add", "500-2000"),
      note("add", "1000-1500"),
      note("add", "1000-2000"),
      note("delete", "500-2000")
    ]
    const all = await allOf("windows", input)
    assert.deepEqual(all.slice(-2), [
      ["500-2000: 1", "1000-1500: 1", "1000-2000: 2"],
      ["1000-1500: 1", "1000-2000: 2"]
    ])
  })

  it("refuses bounds that are no times", async () => {
    const { deadLetters } = await sandbox.processor({ plugin: "windows", input: [note("add", "now-later")] })
    assert.match(deadLetters[0]?.message ?? "", /whole milliseconds, not NaN and NaN/)
  })
})
