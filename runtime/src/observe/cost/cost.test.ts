import { assert, describe, it } from "vitest"
import { metrics } from "../../telemetry/metric/catalogue.ts"
import type { MetricDefinition, MetricFamily } from "../../telemetry/metric/definition.ts"
import { costOf } from "./cost.ts"

const nodes = [
  { pipeline: "p", node: "a", plugin: "@x/one", owner: "ann" },
  { pipeline: "p", node: "b", plugin: "@x/two", owner: "ann" },
  { pipeline: "q", node: "a", plugin: "@x/one", owner: "bob" }
]

const family = (definition: MetricDefinition, values: readonly [number, number, number]): MetricFamily => ({
  definition,
  samples: nodes.map(({ node, pipeline, plugin }, place) => ({
    labels: { pipeline, node, plugin },
    value: values[place] ?? 0
  }))
})

const families: readonly MetricFamily[] = [
  { definition: metrics.nodeInfo, samples: nodes.map((labels) => ({ labels, value: 1 })) },
  family(metrics.cpu, [1, 2, 5]),
  family(metrics.bytesIn, [10, 20, 30])
]

describe("what runs costs", () => {
  it("is added up by plugin, owner or pipeline, the dearest first", () => {
    const told = (by: "plugin" | "owner" | "pipeline") =>
      costOf(families, by).map(({ bytesIn, cpuSeconds, name, nodes: count, share }) => [
        name,
        cpuSeconds,
        share,
        bytesIn,
        count
      ])
    assert.deepEqual(told("plugin"), [
      ["@x/one", 6, 0.75, 40, 2],
      ["@x/two", 2, 0.25, 20, 1]
    ])
    assert.deepEqual(
      told("owner").map(([name]) => name),
      ["bob", "ann"]
    )
    assert.deepEqual(
      told("pipeline").map(([name]) => name),
      ["q", "p"]
    )
  })
})
