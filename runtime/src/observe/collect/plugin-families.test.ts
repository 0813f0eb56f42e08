import { assert, describe, it } from "vitest"
import type { PluginMeter } from "../../worker/task/task-facts.ts"
import { Families } from "./families.ts"
import { addPluginFamilies } from "./plugin-families.ts"

const counter = (labels: string, sum: number): PluginMeter => ({
  node: "n",
  handle: "moviesSeen",
  kind: "counter",
  labels,
  sum,
  buckets: []
})

const told = (meters: readonly PluginMeter[]) => {
  const families = new Families()
  addPluginFamilies(families, meters, () => ({ pipeline: "p", node: "n" }))
  return families.all()
}

describe("a plugin's own metrics", () => {
  it("are named by their handle, and added up over tasks", () => {
    const [family] = told([counter('{"genre":"drama"}', 2), counter('{"genre":"drama"}', 3)])
    assert.strictEqual(family?.definition.name, "millrace_plugin_movies_seen_total")
    assert.deepEqual(family.samples, [{ labels: { genre: "drama", pipeline: "p", node: "n" }, value: 5 }])
  })

  it("cannot pass for another node, or use names that Prometheus keeps to itself", () => {
    const [family] = told([counter('{"pipeline":"other","__name__":"up","a b":"x","ok":"y"}', 1)])
    assert.deepEqual(family?.samples[0]?.labels, { ok: "y", pipeline: "p", node: "n" })
  })

  it("have at most 100 sets of labels each", () => {
    const [family] = told(Array.from({ length: 500 }, (_, id) => counter(`{"id":"${id}"}`, 1)))
    assert.strictEqual(family?.samples.length, 100)
  })
})
