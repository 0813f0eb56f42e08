import { assert, describe, it } from "vitest"
import { renamedCheckpoint } from "./renamed-task.ts"

const saved = {
  node: "counted",
  partition: 2,
  sequence: 9,
  offsets: [
    { topic: "one.ticks", partition: 2, next: "40" },
    { topic: "other.stream", partition: 2, next: "7" },
    { topic: "one.replay.counted", partition: 2, next: "3" }
  ],
  positions: { p: "1" },
  tokens: { kept: "a", moved: "b" },
  watermarks: {
    reached: 5,
    "one.ticks one/gen 0": 4,
    "one.ticks one/gen 0 idle": 1,
    "other.stream other/x tasks": 2
  },
  counts: {},
  completed: false,
  now: 1
}
const topics = new Map([
  ["one.ticks", { name: "two.ticks", offset: (_partition: number, next: bigint) => next - 30n }]
])

describe("a task's place under another name", () => {
  it("goes by the names and offsets of the pipeline that takes it", () => {
    const renaming = { from: "one", to: "two", topics, sinks: new Set(["kept"]) }
    const { offsets, tokens, watermarks } = renamedCheckpoint(saved, renaming)
    assert.deepStrictEqual(offsets, [
      { topic: "two.ticks", partition: 2, next: 10n },
      { topic: "other.stream", partition: 2, next: 7n }
    ])
    assert.deepStrictEqual(tokens, { kept: "a" })
    assert.deepStrictEqual(watermarks, {
      reached: 5,
      "two.ticks two/gen 0": 4,
      "two.ticks two/gen 0 idle": 1,
      "other.stream other/x tasks": 2
    })
  })

  it("keeps its replays where the pipeline is the same", () => {
    const renaming = { from: "one", to: "one", topics: new Map(), sinks: new Set<string>() }
    assert.deepStrictEqual(
      renamedCheckpoint(saved, renaming).offsets.map(({ topic }) => topic),
      ["one.ticks", "other.stream", "one.replay.counted"]
    )
  })
})
