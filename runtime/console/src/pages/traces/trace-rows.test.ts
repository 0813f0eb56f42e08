import type { PipelineGraph, TraceSpanView } from "@millrace/sdk/api"
import { assert, describe, it } from "vitest"
import { ticksOf, traceRows } from "./trace-rows.ts"

type Node = PipelineGraph["nodes"][number]

const node = (
  name: string,
  chain: string,
  feeds: Node["inputs"][number]["feeds"],
  stream?: string
): Node => ({
  node: name,
  kind: "processor",
  plugin: "@a/b",
  digest: "",
  onError: "fail",
  config: {},
  chain,
  domain: "@a",
  bounded: false,
  inputs: feeds.length === 0 ? [] : [{ input: "input", feeds, keyBy: [], fields: [] }],
  tables: [],
  outputs: [{ output: "output", stream: stream ?? null, key: [], fields: [] }],
  state: [],
  stateKey: null,
  permissions: []
})

const of = (name: string) => ({ node: name, output: "output", stream: null })
const topic = (name: string, producer: string | null): PipelineGraph["topics"][number] => ({
  topic: name,
  partitions: 4,
  internal: producer === null,
  producer: producer === null ? null : { node: producer, output: "output" },
  key: [],
  why: ""
})
const chain = (head: string, reads: string[], writes: string[], nodes: string[]) => ({
  head,
  partitions: 4,
  reads,
  writes,
  segments: nodes.length === 0 ? [] : [{ domain: "@a", nodes }]
})
const graph = (
  pipeline: string,
  parts: Pick<PipelineGraph, "chains" | "nodes" | "topics">
): readonly [string, PipelineGraph] => [
  pipeline,
  { pipeline, owner: null, revision: 1, hash: "", explanation: [], ...parts }
]

// a → (p.a) b → c → repartitioned (p.c.d) d, whose stream another pipeline reads.
const graphs = new Map([
  graph("p", {
    nodes: [
      node("a", "a", []),
      node("b", "b", [of("a")]),
      node("c", "b", [of("b")]),
      node("d", "d", [of("c")], "p.d")
    ],
    topics: [topic("p.a", "a"), topic("p.c", "c"), topic("p.c.d", null), topic("p.d", "d")],
    chains: [
      chain("a", [], ["p.a"], ["a"]),
      chain("b", ["p.a"], ["p.c"], ["b", "c"]),
      chain("d.input", ["p.c"], ["p.c.d"], []),
      chain("d", ["p.c.d"], ["p.d"], ["d"])
    ]
  }),
  graph("q", {
    nodes: [node("e", "e", [{ node: null, output: null, stream: "p.d" }])],
    topics: [],
    chains: [chain("e", ["p.d"], [], ["e"])]
  })
])

const span = (spanId: string, name: string, beganAt: number, endedAt: number): TraceSpanView => ({
  spanId,
  pipeline: name === "e" ? "q" : "p",
  node: name,
  plugin: "@a/b",
  partition: 0,
  beganAt,
  endedAt,
  outcome: "handled",
  out: 1
})

const told = (spans: readonly TraceSpanView[], known = graphs) =>
  traceRows(spans, known).map(({ from, span: { node: name } }) =>
    from === undefined ? name : `${from.spanId} ${from.topic ?? "·"} ${from.waitedMs} ${name}`
  )

describe("a trace's rows", () => {
  it("tell where each record waited, and how long: in a topic, a repartitioned one, another pipeline's stream", () => {
    const spans = [
      span("1", "a", 0, 4),
      span("2", "b", 10, 15),
      span("3", "c", 10, 15),
      span("4", "d", 40, 41),
      span("5", "e", 41, 50)
    ]
    assert.deepEqual(told(spans), ["a", "1 p.a 6 b", "2 · 0 c", "3 p.c.d 25 d", "4 p.d 0 e"])
  })

  it("go from the batch that was before, where a node had the record several times", () => {
    const spans = [
      span("1", "a", 0, 4),
      span("2", "a", 20, 24),
      span("3", "b", 10, 12),
      span("4", "b", 30, 32)
    ]
    assert.deepEqual(told(spans), ["a", "a", "1 p.a 6 b", "2 p.a 6 b"])
  })

  it("have nothing before them where the pipeline runs no more", () => {
    assert.deepEqual(told([span("1", "a", 0, 4), span("2", "b", 10, 15)], new Map()), ["a", "b"])
  })
})

describe("the time axis", () => {
  it("has round times, five at most", () => {
    for (const [duration, last] of [
      [0, 0],
      [1, 1],
      [7, 6],
      [88, 50],
      [1_234, 1_000],
      [4_999, 4_000]
    ] as const) {
      const ticks = ticksOf(duration)
      assert.isAtMost(ticks.length, 5, String(duration))
      assert.strictEqual(ticks.at(-1), last, String(duration))
    }
  })
})
