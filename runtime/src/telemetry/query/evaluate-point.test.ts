import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { blockLength } from "../history/block.ts"
import { History } from "../history/history.ts"
import { metrics } from "../metric/catalogue.ts"
import type { MetricFamily } from "../metric/definition.ts"
import { evaluate, evaluateRange } from "./evaluate.ts"
import type { Query } from "./query.ts"

const intervalMs = 1_000
const metric = metrics.lagRecords

/** By series, its samples; undefined where there is none. Long enough for blocks that are sealed, and most of them flat. */
const samples = fc.array(
  fc
    .array(
      fc.tuple(
        fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined, freq: 6 }),
        fc.integer({ min: 1, max: blockLength })
      ),
      { minLength: 1, maxLength: 6 }
    )
    .map((runs) => runs.flatMap(([value, length]) => Array<number | undefined>(length).fill(value))),
  { minLength: 1, maxLength: 5 }
)

const queries: readonly Query[] = [
  { query: "latest", metric, aggregate: "sum", by: ["pipeline"] },
  { query: "latest", metric, aggregate: "min", by: [] },
  { query: "increase", metric, seconds: 30, aggregate: "sum", by: ["pipeline", "node"] },
  { query: "rate", metric, seconds: 150, aggregate: "max", by: ["pipeline"] },
  { query: "greatest", metric, seconds: 20, aggregate: "max", by: ["node"] },
  { query: "least", metric, seconds: 200, aggregate: "sum", by: ["pipeline"] },
  { query: "latest", metric, match: { node: ["n0", "n2"] }, aggregate: "sum", by: ["pipeline", "node"] },
  {
    query: "subtract",
    left: { query: "increase", metric, seconds: 60, aggregate: "sum", by: ["pipeline", "node"] },
    right: { query: "latest", metric, aggregate: "max", by: ["pipeline"] }
  }
]

const familiesAt = (
  columns: readonly (readonly (number | undefined)[])[],
  tick: number
): readonly MetricFamily[] => [
  {
    definition: metric,
    samples: columns.flatMap((values, index) => {
      const value = values[tick]
      return value === undefined
        ? []
        : [{ labels: { pipeline: `p${index % 2}`, node: `n${index}`, partition: "" }, value }]
    })
  }
]

describe("a query at one time", () => {
  it("answers what its range of one step does, at every tick", () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 2 }), (columns, blocks) => {
        const history = new History({ intervalMs, lengthMs: blocks * blockLength * intervalMs })
        const ticks = Math.max(...columns.map((values) => values.length))
        for (let tick = 0; tick < ticks; tick++) {
          history.append((tick + 1) * intervalMs, familiesAt(columns, tick))
          if (tick % 13 !== 0 && tick < ticks - 2) continue
          for (const late of [0, 4_500]) {
            const end = (tick + 1) * intervalMs + late
            for (const query of queries)
              assert.deepStrictEqual(
                evaluate(query, history, end),
                evaluateRange(query, history, { end, stepMs: 1, steps: 1 }).map(({ labels, values }) => ({
                  labels,
                  value: values[0] ?? Number.NaN
                }))
              )
          }
        }
      }),
      { numRuns: 60 }
    )
  })
})
