import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as fc from "fast-check"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { labelsKey } from "../../runtime/src/telemetry/history/family.ts"
import { History } from "../../runtime/src/telemetry/history/history.ts"
import type {
  Labels,
  MetricDefinition,
  MetricFamily,
  Observations,
  Sample
} from "../../runtime/src/telemetry/metric/definition.ts"
import { evaluate, evaluateCondition } from "../../runtime/src/telemetry/query/evaluate.ts"
import { conditionToPromql, toPromql } from "../../runtime/src/telemetry/query/promql.ts"
import type { Condition, LabelledValue, Query } from "../../runtime/src/telemetry/query/query.ts"
import { hasPrometheus, type Prometheus, prometheusFolder, promtool, startPrometheus } from "./prometheus.ts"

// The same samples go into the history and into Prometheus; then both are asked the same.

const labels = ["pipeline", "node"]
const definition = (name: string, type: MetricDefinition["type"]): MetricDefinition => ({
  name,
  type,
  help: name,
  unit: "count",
  labels
})
const gauge = definition("test_gauge", "gauge")
const counter = definition("test_events_total", "counter")
/** Resets and has gaps, long ones too. That one which appears later begins at zero is the history's alone. */
const unsteady = definition("test_unsteady_total", "counter")
const timings = definition("test_seconds", "histogram")
const bounds = [0.1, 0.5, 1, 5]

const start = Date.UTC(2026, 0, 2)
const intervalMs = 5_000
const ticks = 400

const nodes: readonly Labels[] = [
  { pipeline: "movies", node: "rated" },
  { pipeline: "movies", node: "counted" },
  { pipeline: 'odd "name"\\', node: "rated" }
]

/** The same numbers in every run: a linear congruence (Numerical Recipes). */
const makeRandom = () => {
  let state = 42
  return (below: number): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return Math.floor((state / 2 ** 32) * below)
  }
}

const makeTicks = (): readonly (readonly MetricFamily[])[] => {
  const random = makeRandom()
  const totals = nodes.map(() => ({ counter: 0, unsteady: 0 }))
  const buckets = nodes.map(() => ({ counts: [0, 0, 0, 0, 0], sum: 0 }))
  return Array.from({ length: ticks }, (_, tick) => {
    const samples = <V extends Sample["value"]>(value: (index: number) => V | undefined): readonly Sample[] =>
      nodes.flatMap((each, index) => {
        const found = value(index)
        return found === undefined ? [] : [{ labels: each, value: found }]
      })
    for (const [index, total] of totals.entries()) {
      total.counter += random(index * 40 + 2)
      total.unsteady = random(30) === 0 ? 0 : total.unsteady + random(9)
      const bucket = buckets[index]
      if (bucket === undefined) continue
      for (let each = random(4); each > 0; each--) {
        const place = random(5)
        bucket.counts = bucket.counts.with(place, (bucket.counts[place] ?? 0) + 1)
        bucket.sum += place
      }
    }
    return [
      { definition: gauge, samples: samples((index) => random(1_000) / (index + 1) - 200) },
      { definition: counter, samples: samples((index) => totals[index]?.counter) },
      {
        definition: unsteady,
        samples: samples((index) =>
          tick > 0 && (tick < 40 * index || random(5) === 0) ? undefined : totals[index]?.unsteady
        )
      },
      {
        definition: timings,
        samples: samples((index): Observations | undefined => {
          const bucket = buckets[index]
          return bucket === undefined ? undefined : { bounds, counts: bucket.counts, sum: bucket.sum }
        })
      }
    ]
  })
}

const timeOf = (tick: number): number => start + tick * intervalMs

/** All samples as OpenMetrics, each metric in one piece and with times, for `promtool tsdb create-blocks-from openmetrics`. */
const openMetrics = (all: readonly (readonly MetricFamily[])[]): string => {
  const lines: string[] = []
  for (const metric of [gauge, counter, unsteady, timings]) {
    lines.push(`# TYPE ${metric.name.replace(/_total$/, "")} ${metric.type}`)
    all.forEach((families, tick) => {
      const time = timeOf(tick) / 1_000
      for (const sample of families.find((each) => each.definition === metric)?.samples ?? []) {
        for (const [name, extra, value] of numbersOf(metric, sample))
          lines.push(`${name}{${labelText({ ...sample.labels, ...extra })}} ${value} ${time}`)
      }
    })
  }
  return `${lines.join("\n")}\n# EOF\n`
}

const numbersOf = (
  metric: MetricDefinition,
  { value }: Sample
): readonly (readonly [string, Labels, number])[] => {
  if (typeof value === "number") return [[metric.name, {}, value]]
  let total = 0
  const buckets = value.counts.map((count, index) => {
    total += count
    return [`${metric.name}_bucket`, { le: String(value.bounds[index] ?? "+Inf") }, total] as const
  })
  return [...buckets, [`${metric.name}_sum`, {}, value.sum], [`${metric.name}_count`, {}, total]]
}

const labelText = (all: Labels): string =>
  Object.entries(all)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(",")

const by = fc.constantFrom([], ["pipeline"], ["node"], ["pipeline", "node"])
const match = fc.constantFrom<Query extends infer Q ? (Q extends { match?: infer M } ? M : never) : never>(
  {},
  { pipeline: "movies" },
  { node: ["rated", "other.*"] },
  { pipeline: 'odd "name"\\' },
  { node: "" }
)
const seconds = fc.constantFrom(12, 60, 300, 1_200)
const aggregate = fc.constantFrom("sum", "max", "min")

const leaf: fc.Arbitrary<Query> = fc.oneof(
  fc.record({ query: fc.constant("latest"), metric: fc.constantFrom(gauge, counter), match, aggregate, by }),
  fc.record({
    query: fc.constantFrom("rate", "increase"),
    metric: fc.constantFrom(counter, unsteady),
    match,
    seconds,
    aggregate,
    by
  }),
  fc.record({
    query: fc.constantFrom("greatest", "least"),
    metric: fc.constantFrom(gauge),
    match,
    seconds,
    aggregate,
    by
  }),
  fc.record({
    query: fc.constant("quantile"),
    metric: fc.constant(timings),
    match,
    quantile: fc.constantFrom(0, 0.5, 0.99, 1),
    seconds,
    by
  })
)
const pair = (left: fc.Arbitrary<Query>, right: fc.Arbitrary<Query>): fc.Arbitrary<Query> =>
  fc.record({ query: fc.constantFrom("divide", "subtract"), left, right })
const query = fc.oneof(
  { weight: 3, arbitrary: leaf },
  { weight: 2, arbitrary: pair(leaf, leaf) },
  { weight: 1, arbitrary: pair(pair(leaf, leaf), leaf) }
)
const comparison = fc.record({
  query,
  is: fc.constantFrom(">", "<", ">=", "<="),
  threshold: fc.constantFrom(0, 0.5, 3, 100)
})
const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ all: fc.tuple(comparison) }),
  fc.record({ all: fc.tuple(comparison, comparison) })
)

/** Not at a tick: Prometheus 2 and 3 differ in whether a window holds its own beginning. */
const time = fc.integer({ min: 3, max: ticks - 1 }).map((tick) => timeOf(tick) + 1_700)

/** False for two sides of which neither has all labels of the other, which is refused when it is written. */
const isWritable = (write: () => string): boolean => {
  try {
    write()
    return true
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("A query cannot")) return false
    throw error
  }
}

const sorted = (values: readonly LabelledValue[]): readonly (readonly [string, number])[] =>
  values
    .filter(({ value }) => !Number.isNaN(value))
    .map(({ labels: each, value }) => [labelsKey(each), value] as const)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))

const assertAlike = (
  ours: readonly LabelledValue[],
  theirs: readonly LabelledValue[],
  asked: string
): void => {
  const [mine, other] = [sorted(ours), sorted(theirs)]
  assert.deepStrictEqual(
    mine.map(([each]) => each),
    other.map(([each]) => each),
    asked
  )
  mine.forEach(([, value], index) => {
    const expected = other[index]?.[1] ?? Number.NaN
    const isNear =
      value === expected ||
      Math.abs(value - expected) <= 1e-9 * Math.max(1, Math.abs(value), Math.abs(expected))
    assert.isTrue(isNear, `${asked}: ${value} instead of ${expected}`)
  })
}

describe.skipIf(!hasPrometheus)("queries over the history and over Prometheus", () => {
  const history = new History({ intervalMs })
  let prometheus: Prometheus | undefined
  const ask = async (promql: string, at: number): Promise<readonly LabelledValue[]> =>
    (await prometheus?.query(promql, at)) ?? []

  beforeAll(async () => {
    const all = makeTicks()
    all.forEach((families, tick) => history.append(timeOf(tick), families))
    const folder = prometheusFolder()
    const file = join(folder, "samples.txt")
    writeFileSync(file, openMetrics(all))
    const made = await promtool(["tsdb", "create-blocks-from", "openmetrics", file, join(folder, "data")])
    assert.strictEqual(made.exit, 0, made.output)
    prometheus = await startPrometheus({ folder })
  })
  afterAll(() => prometheus?.stop())

  it("come to the same numbers", async () => {
    await fc.assert(
      fc.asyncProperty(query, time, async (asked, at) => {
        fc.pre(isWritable(() => toPromql(asked)))
        const promql = toPromql(asked)
        assertAlike(evaluate(asked, history, at), await ask(promql, at), promql)
      }),
      { numRuns: 1_000 }
    )
  })

  it("hold the same conditions", async () => {
    await fc.assert(
      fc.asyncProperty(condition, time, async (asked, at) => {
        fc.pre(asked.all.every((each) => isWritable(() => toPromql(each.query))))
        const promql = conditionToPromql(asked)
        assertAlike(evaluateCondition(asked, history, at), await ask(promql, at), promql)
      }),
      { numRuns: 400 }
    )
  })
})
