import { assert, describe, it } from "vitest"
import { exposition } from "./exposition.ts"
import { Histogram } from "./histogram.ts"
import type { MetricDefinition } from "./definition.ts"

const metric = (type: MetricDefinition["type"], help = "What it is"): MetricDefinition => ({
  name: "a_metric",
  type,
  help,
  unit: "count",
  labels: ["of"]
})

describe("Prometheus' text", () => {
  it("escapes what a label or a help text may hold", () => {
    const samples = [{ labels: { of: 'a "b" \\ \n c' }, value: 1.5 }]
    assert.strictEqual(
      exposition([{ definition: metric("gauge", "one\nline \\"), samples }]),
      '# HELP a_metric one\\nline \\\\\n# TYPE a_metric gauge\na_metric{of="a \\"b\\" \\\\ \\n c"} 1.5\n'
    )
  })

  it("has numbers that are none by their names, and no braces without labels", () => {
    const samples = [NaN, Infinity, -Infinity].map((value) => ({ labels: {}, value }))
    assert.match(
      exposition([{ definition: metric("gauge"), samples }]),
      /a_metric NaN\na_metric \+Inf\na_metric -Inf\n$/
    )
  })

  it("has buckets that each count what lies at or below their bound", () => {
    const histogram = new Histogram([1, 5])
    for (const value of [0.5, 1, 3, 9]) histogram.observe(value)
    assert.strictEqual(
      exposition([
        { definition: metric("histogram"), samples: [{ labels: { of: "x" }, value: histogram.snapshot() }] }
      ]),
      `# HELP a_metric What it is
# TYPE a_metric histogram
a_metric_bucket{of="x",le="1"} 2
a_metric_bucket{of="x",le="5"} 3
a_metric_bucket{of="x",le="+Inf"} 4
a_metric_sum{of="x"} 13.5
a_metric_count{of="x"} 4
`
    )
  })

  it("leaves out a metric without samples", () => {
    assert.strictEqual(exposition([{ definition: metric("gauge"), samples: [] }]), "")
  })
})
