import { defineProcessor, defineSink, files, fromConfig, Schema, valueState } from "@millrace/sdk"
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
/** Makes a key's state about 300 bytes, so that deltas are folded every few seconds. */
const recentLength = 300

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
      recent: `${last.recent}${seq},`.slice(-recentLength)
    }
    seen.set(next)
    if (fate === "count") throw new Poison({ message: `${key}:${seq}` })
    return [LoadCount.make({ key, seq, count: next.count, trail: next.trail })]
  }
})

/** One line a record; a partition's file gets its name when the input has ended. */
export const lines = defineSink({
  name: "lines",
  input: LoadCount,
  config: Schema.Struct({ path: Schema.String }),
  uses: { out: files.write(fromConfig("path")) },
  batch: { maxRecords: 500, maxDelayMs: 100 },
  *write(batch, { end, out, partition, token }) {
    const size = token?.size ?? 0
    const text = batch.map(({ value }) => `${JSON.stringify(value)}\n`).join("")
    const bytes = new TextEncoder().encode(text)
    yield* out.writeAt(`part-${partition}.inprogress`, size, bytes)
    return { token: { size: size + bytes.length, end } }
  },
  transaction: {
    token: Schema.Struct({ size: Schema.Int, end: Schema.Boolean }),
    *commit({ end }, { out, partition }) {
      if (end) yield* out.rename(`part-${partition}.inprogress`, `part-${partition}.ndjson`)
    },
    *recover(token, { out, partition }) {
      if (token === undefined) yield* out.remove(`part-${partition}.inprogress`)
      else if (token.end) yield* out.rename(`part-${partition}.inprogress`, `part-${partition}.ndjson`)
      else yield* out.writeAt(`part-${partition}.inprogress`, token.size, new Uint8Array())
    }
  }
})
