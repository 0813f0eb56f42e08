import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import type { Labels, MetricDefinition, MetricFamily } from "../metric/definition.ts"
import { metrics } from "../metric/catalogue.ts"
import { blockLength } from "./block.ts"
import { History } from "./history.ts"

const lag: MetricDefinition = metrics.lagRecords
const dead: MetricDefinition = metrics.dead

const family = (
  definition: MetricDefinition,
  ...samples: readonly (readonly [Labels, number])[]
): MetricFamily => ({
  definition,
  samples: samples.map(([labels, value]) => ({ labels, value }))
})
const held = (history: History, metric: MetricDefinition, match?: Labels): readonly (readonly number[])[] => {
  const { first, times } = history.ticks(-Infinity, Infinity)
  return history.select(metric.name, match).map((series) => [...series.read(first, times.length)])
}

/** What a series may look like: counts, what never changes, fractions, and samples that are missing. */
const number = fc.oneof(
  fc.constant(7),
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constant(-0),
  fc.constant(undefined)
)
const run = fc
  .tuple(number, fc.integer({ min: 1, max: 200 }))
  .map(([value, length]) => Array<number | undefined>(length).fill(value))
const column = fc.oneof(
  fc.array(run, { minLength: 1, maxLength: 5 }).map((runs) => runs.flat()),
  fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 1, maxLength: 400 }).map((steps) => {
    let total = 0
    return steps.map((step): number | undefined => (total += step))
  }),
  fc.array(number, { minLength: 1, maxLength: 300 })
)

describe("the history of samples", () => {
  it("gives back every sample of its range as it was, and nothing else", () => {
    fc.assert(
      fc.property(
        fc.array(column, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 3 }),
        (columns, blocks) => {
          const history = new History({ intervalMs: 1_000, lengthMs: blocks * blockLength * 1_000 })
          const ticks = Math.max(...columns.map((values) => values.length))
          for (let tick = 0; tick < ticks; tick++) {
            const samples = columns.flatMap((values, index) => {
              const value = values[tick]
              return value === undefined ? [] : [[{ pipeline: String(index) }, value] as const]
            })
            history.append(tick * 1_000, [family(lag, ...samples)])
          }
          const sealed = Math.floor(ticks / blockLength)
          const first = Math.max(0, sealed - blocks) * blockLength
          assert.deepStrictEqual(
            history.ticks(-Infinity, Infinity).times,
            Array.from({ length: ticks - first }, (_, index) => (first + index) * 1_000)
          )
          columns.forEach((values, index) => {
            const kept = Array.from(
              { length: ticks - first },
              (_, tick) => values[first + tick] ?? Number.NaN
            )
            const [found] = held(history, lag, { pipeline: String(index) })
            if (kept.every(Number.isNaN)) return
            assert.deepStrictEqual(found, kept)
          })
        }
      ),
      { numRuns: 200 }
    )
  })

  it("takes little memory for what does not change, and two bytes for what counts slowly", () => {
    const history = new History({ intervalMs: 5_000 })
    for (let tick = 0; tick < 24 * blockLength; tick++) {
      history.append(tick * 5_000, [
        family(lag, [{ pipeline: "still" }, 0]),
        family(dead, [{ pipeline: "counts" }, tick * 1_000])
      ])
    }
    const [still] = history.select(lag.name)
    const [counts] = history.select(dead.name)
    assert.isBelow(still?.bytes ?? Infinity, 2_000)
    assert.isBelow(counts?.bytes ?? Infinity, 24 * blockLength * 2 + 2_000)
  })

  it("takes an array for a block that is open only where its values differ often", () => {
    const history = new History({ intervalMs: 5_000 })
    for (let tick = 0; tick < blockLength / 2; tick++)
      history.append(tick * 5_000, [
        family(
          lag,
          [{ pipeline: "still" }, 7],
          [{ pipeline: "once a minute" }, Math.floor(tick / 12)],
          [{ pipeline: "moves" }, tick % 2]
        )
      ])
    const [still, once, moves] = history.select(lag.name)
    assert.isBelow(still?.bytes ?? Infinity, 64)
    assert.isBelow(once?.bytes ?? Infinity, 150)
    assert.isAtLeast(moves?.bytes ?? 0, blockLength * 8)
    assert.deepStrictEqual(new Set(held(history, lag, { pipeline: "still" })[0]), new Set([7]))
    assert.deepStrictEqual(
      held(history, lag, { pipeline: "once a minute" })[0],
      Array.from({ length: blockLength / 2 }, (_, tick) => Math.floor(tick / 12))
    )
  })

  it("takes three bytes for each change of what counts once a minute", () => {
    const history = new History({ intervalMs: 5_000 })
    for (let tick = 0; tick < 24 * blockLength; tick++)
      history.append(tick * 5_000, [family(dead, [{ pipeline: "counts" }, Math.floor(tick / 12) * 20])])
    const [counts] = history.select(dead.name)
    assert.isBelow(counts?.bytes ?? Infinity, (24 * blockLength * 3) / 12 + 100)
    const { first, times } = history.ticks(-Infinity, Infinity)
    assert.deepStrictEqual(
      [...(counts?.read(first, times.length) ?? [])],
      Array.from({ length: 24 * blockLength }, (_, tick) => Math.floor(tick / 12) * 20)
    )
  })

  it("says at a glance that the samples of a range are one value, and only where they are", () => {
    fc.assert(
      fc.property(column, fc.nat(), fc.nat(), (values, from, count) => {
        const history = new History({ intervalMs: 1_000, lengthMs: 10 * blockLength * 1_000 })
        values.forEach((value, tick) =>
          history.append(tick * 1_000, value === undefined ? [] : [family(lag, [{ pipeline: "p" }, value])])
        )
        const [series] = history.select(lag.name)
        const { first: begin, times } = history.ticks(-Infinity, Infinity)
        if (series === undefined || times.length < 2) return
        const first = begin + (from % (times.length - 1))
        const length = 2 + (count % (begin + times.length - first - 1))
        const samples = [...series.read(first, length)]
        const flat = series.flat(first, length)
        if (flat !== undefined) for (const sample of samples) assert.isTrue(Object.is(sample, flat))
        samples.forEach((sample, index) => assert.isTrue(Object.is(sample, series.at(first + index))))
      }),
      { numRuns: 200 }
    )
  })

  it("drops a series when its last sample is out of range, and makes room for another", () => {
    const history = new History({ intervalMs: 1_000, lengthMs: blockLength * 1_000, maxColumns: 1 })
    history.append(0, [family(lag, [{ pipeline: "old" }, 1])])
    for (let tick = 1; tick <= 2 * blockLength; tick++)
      history.append(tick * 1_000, [family(lag, [{ pipeline: "new" }, tick])])
    assert.deepStrictEqual(
      history.select(lag.name).map(({ labels }) => labels),
      [{ pipeline: "new" }]
    )
    assert.strictEqual(history.dropped, 2 * blockLength - 1, "what came before there was room is counted")
  })

  it("has a counter that appears later begin at zero, but not one that another version of a plugin goes on with", () => {
    const history = new History()
    const labels = { pipeline: "p", node: "n", plugin: "a@1" }
    history.append(5_000, [family(dead, [labels, 40])])
    history.append(10_000, [family(dead, [labels, 40], [{ ...labels, node: "m" }, 3])])
    history.append(15_000, [family(dead, [{ ...labels, plugin: "a@2" }, 41])])
    assert.deepStrictEqual(held(history, dead, { node: "m" }), [[Number.NaN, 3, Number.NaN].with(0, 0)])
    assert.deepStrictEqual(held(history, dead, { plugin: "a@2" }), [[Number.NaN, Number.NaN, 41]])
  })

  it("has a counter begin at zero also where a block begins", () => {
    const history = new History({ intervalMs: 1_000 })
    for (let tick = 0; tick < blockLength; tick++) history.append(tick * 1_000, [])
    history.append(blockLength * 1_000, [family(dead, [{ node: "n" }, 3])])
    assert.deepStrictEqual(held(history, dead)[0]?.slice(-2), [0, 3])
  })

  it("shows nothing of a tick before it ends, and takes one that was broken off anew", () => {
    const history = new History()
    history.append(5_000, [family(lag, [{ node: "a" }, 1], [{ node: "b" }, 2])])
    history.begin()
    history.add(lag, { node: "a" }, 70)
    assert.strictEqual(history.newest, 5_000)
    assert.deepStrictEqual(held(history, lag), [[1], [2]])
    history.begin()
    for (const [node, value] of [
      ["a", 3],
      ["b", 4]
    ] as const)
      history.add(lag, { node }, value)
    history.end(10_000)
    assert.deepStrictEqual(held(history, lag), [
      [1, 3],
      [2, 4]
    ])
  })

  it("leaves out a time that is not after the last, as when a clock is set back", () => {
    const history = new History()
    history.append(5_000, [family(lag, [{}, 1])])
    history.append(4_000, [family(lag, [{}, 2])])
    history.append(6_000, [family(lag, [{}, 3])])
    assert.deepStrictEqual(held(history, lag), [[1, 3]])
  })
})
