import { assert, describe, it } from "vitest"
import { TraceLog, type TraceSpan } from "../../worker/trace/trace-log.ts"
import { listTraces } from "./trace-view.ts"

const log = new TraceLog({ everyMs: 0 })
const ids = (["handled", "failed", "filtered"] as const).map((outcome, n) => {
  const traceparent = log.begin("t", n) ?? ""
  const span = (node: string, endedAt: number, became: TraceSpan["outcome"]) => ({
    pipeline: n === 2 ? "q" : "p",
    node,
    plugin: "@a/b",
    partition: 0,
    beganAt: n * 10,
    endedAt,
    outcome: became,
    out: 1
  })
  log.note(traceparent, true, span("first", n * 10 + 1, "handled"))
  // The second takes longest.
  log.note(traceparent, false, span("second", n * 10 + (n === 1 ? 9 : 5 - n), outcome))
  return traceparent.slice(3, 35)
})
const [handled = "", failed = "", filtered = ""] = ids

const told = (query: Partial<Parameters<typeof listTraces>[1]>): readonly string[] =>
  listTraces(log, { limit: 10, ...query }).map(({ traceId }) => traceId)

describe("the list of traces", () => {
  it("has the newest first, or the slowest", () => {
    assert.deepEqual(told({}), [filtered, failed, handled])
    assert.deepEqual(told({ order: "slowest" }), [failed, handled, filtered])
  })

  it("has those alone that are asked for, and counts only them against its limit", () => {
    assert.deepEqual(told({ outcome: "failed" }), [failed])
    assert.deepEqual(told({ pipeline: "p" }), [failed, handled])
    assert.deepEqual(told({ outcome: "handled", limit: 1 }), [handled])
  })
})
