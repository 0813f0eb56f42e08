import { assert, describe, it } from "vitest"
import { KeptRules } from "./kept-rules.ts"
import type { InForceOptions, WatchedNode, WatchedPipeline } from "./rules-in-force.ts"

const traits = {
  kind: "processor",
  takes: true,
  gives: true,
  keepsState: false,
  usesTime: false,
  asks: false
} as const
const nodes: readonly WatchedNode[] = [{ node: "map", chain: "map", domain: "acme", traits }]
const pipeline: WatchedPipeline = { pipeline: "films", owner: "ann", alerts: {}, nodes }
const options = (threshold: number | undefined): InForceOptions => ({
  times: { intervalMs: 5_000, scale: 1 },
  observed: () => threshold
})
const usual = options(undefined)

describe("rules that are kept", () => {
  it("are made once for the same pipelines, however often they are asked for", () => {
    const kept = new KeptRules()
    const made = kept.of([pipeline], usual)
    assert.isAbove(made.length, 5)
    assert.strictEqual(kept.of([{ ...pipeline }], usual), made)
  })

  it("are made anew when a pipeline comes, goes, or has other nodes, alerts or another owner", () => {
    const kept = new KeptRules()
    const changes: readonly (readonly WatchedPipeline[])[] = [
      [pipeline],
      [pipeline, { ...pipeline, pipeline: "shows" }],
      [{ ...pipeline, pipeline: "shows" }],
      [{ ...pipeline, nodes: [...nodes, { ...nodes[0]!, node: "second" }] }],
      [{ ...pipeline, alerts: { lagging: "off" } }],
      [{ ...pipeline, owner: "bob" }],
      []
    ]
    const lists = changes.map((pipelines) => kept.of(pipelines, usual))
    assert.strictEqual(new Set(lists).size, changes.length)
    assert.isTrue(lists[5]?.some(({ owner }) => owner === "bob"))
    assert.isFalse(lists[6]?.some(({ labels }) => "pipeline" in labels))
  })

  it("take thresholds that are usual now once they were told to forget", () => {
    const kept = new KeptRules()
    kept.of([pipeline], usual)
    assert.isFalse(kept.of([pipeline], options(4_711)).some(({ threshold }) => threshold === 4_711))
    kept.forget()
    assert.isTrue(kept.of([pipeline], options(4_711)).some(({ threshold }) => threshold === 4_711))
  })
})
