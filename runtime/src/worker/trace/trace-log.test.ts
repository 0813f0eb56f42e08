import { assert, describe, it } from "vitest"
import { TraceLog, type TraceSpan } from "./trace-log.ts"

const span = (node: string, beganAt: number): Omit<TraceSpan, "traceId" | "spanId" | "parentId"> => ({
  pipeline: "p",
  node,
  plugin: "@a/b",
  partition: 0,
  beganAt,
  endedAt: beganAt + 1,
  outcome: "handled",
  out: 1
})

const begun = (log: TraceLog, task: string, now: number): string => log.begin(task, now) ?? "none"

describe("the log of traces", () => {
  it("begins a trace of a task at most as often as it is told to", () => {
    const log = new TraceLog({ everyMs: 1_000 })
    assert.match(begun(log, "t", 0), /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    assert.isUndefined(log.begin("t", 999))
    assert.isDefined(log.begin("u", 999))
    assert.isDefined(log.begin("t", 1_000))
    assert.isUndefined(new TraceLog({ everyMs: Infinity }).begin("t", 0))
  })

  it("tells a trace's spans in the order of time, each a child of the first", () => {
    const log = new TraceLog({ everyMs: 0 })
    const traceparent = begun(log, "t", 0)
    const [, id = "", root] = traceparent.split("-")
    log.note(traceparent, false, span("second", 20))
    log.note(traceparent, true, span("first", 10))
    const spans = log.spans(id)
    assert.deepEqual(
      spans.map(({ node, parentId }) => [node, parentId]),
      [
        ["first", undefined],
        ["second", root]
      ]
    )
    assert.strictEqual(spans[0]?.spanId, root)
    assert.deepEqual(log.ids("p"), [id])
    assert.deepEqual(log.ids("other"), [])
  })

  it("holds the newest thousand, and of each so many spans", () => {
    const log = new TraceLog({ everyMs: 0 })
    const first = begun(log, "t", 0)
    for (let n = 0; n < 300; n++) log.note(first, false, span("n", n))
    assert.lengthOf(log.spans(first.slice(3, 35)), 200)
    for (let n = 1; n <= 1_000; n++) log.note(begun(log, "t", n), true, span("n", n))
    assert.lengthOf(log.ids(undefined), 1_000)
    assert.lengthOf(log.spans(first.slice(3, 35)), 0)
  })
})
