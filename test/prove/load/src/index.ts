import { defineProcessor, Schema, valueState } from "@millrace/sdk"
import { LoadCount, LoadRecord } from "./record.ts"
import { trailAfter } from "./sequence.ts"

export class Poison extends Schema.TaggedError<Poison>()("Poison", { message: Schema.String }) {}

/** Fails on some records, without state. */
export const guard = defineProcessor({
  name: "guard",
  input: LoadRecord,
  output: LoadRecord,
  filter: (record) => {
    if (record.fate === "guard") throw new Poison({ message: `${record.key}:${record.seq}` })
    return true
  }
})

const State = Schema.Struct({ count: Schema.Int, trail: Schema.Int, recent: Schema.String })
/** A key's state has about this many bytes: so deltas are folded every few thousand records. */
const recentLength = 2_400

/** Counts by key; fails on some records after it has written its state, which must then be as before. */
export const count = defineProcessor({
  name: "count",
  input: LoadRecord,
  output: LoadCount,
  keyBy: ["key"],
  uses: { seen: valueState(State, { initial: { count: 0, trail: 0, recent: "" } }) },
  process: ({ fate, key, seq }, { seen }) => {
    const last = seen.get()
    const next = {
      count: last.count + 1,
      trail: trailAfter(last.trail, seq),
      recent: `${last.recent}${seq},`.padStart(recentLength, ".").slice(-recentLength)
    }
    seen.set(next)
    if (fate === "count") throw new Poison({ message: `${key}:${seq}` })
    return [LoadCount.make({ key, seq, count: next.count, trail: next.trail })]
  }
})
