import { assert, describe, it } from "vitest"
import type { BenchRow } from "./row.ts"
import { mergeRows, savedResults, type SavedRow } from "./saved-results.ts"
import { attained, rowOf, shown, targets, verdictOf } from "./targets.ts"

const row = (name: string, ours: number): BenchRow => ({
  name,
  ours,
  peer: 10,
  ratio: ours / 10,
  unit: "records per CPU-second",
  rounds: 5,
  verified: true,
  machine: "2 x any"
})
const before = { commit: "0123456789", date: "2026-01-01" }
const now = { commit: "abcdef0123", date: "2026-02-01" }
const saved = (name: string, ours: number): SavedRow => ({ ...row(name, ours), measuredAt: before })

describe("saved results", () => {
  it("keep what was not measured again, and are in the order of names", () => {
    const merged = mergeRows([saved("log", 1), saved("deploy", 2)], [row("log", 3), row("codec", 4)], now)
    assert.deepStrictEqual(
      merged.map(({ measuredAt, name, ours }) => [name, ours, measuredAt.date]),
      [
        ["codec", 4, now.date],
        ["deploy", 2, before.date],
        ["log", 3, now.date]
      ]
    )
  })

  it("take the place of a row with other details of its run", () => {
    const [only, ...others] = mergeRows(
      [saved("latency: p99 (p50 2 ms)", 5)],
      [row("latency: p99 (p50 1 ms)", 4)],
      now
    )
    assert.strictEqual(only?.ours, 4)
    assert.isEmpty(others)
  })

  it("that are committed can be read, were verified, and stand in order", () => {
    const rows = savedResults()
    assert.isTrue(rows.every(({ verified }) => verified))
    assert.deepStrictEqual(mergeRows(rows, [], now), rows)
  })
})

const targetOf = (name: string) => {
  const found = targets.find((target) => target.name === name)
  if (found === undefined) throw new Error(`no target ${name}`)
  return found
}

describe("targets", () => {
  it("find their rows by how the names begin, and no one else's", () => {
    const rows = [
      row("open-map: one field of a bid (171 B)", 1),
      row("fused-5", 2),
      row("filters", 3),
      row("log: 256 KiB batches", 4),
      row("density: 1,000 live processors, resident each, shared pages once", 5),
      row("density: 1,000 live processors, resident each", 6)
    ]
    assert.strictEqual(rowOf(targetOf("open-map"), rows)?.ours, 1)
    assert.strictEqual(rowOf(targetOf("fused-5"), rows)?.ours, 2)
    assert.strictEqual(rowOf(targetOf("log"), rows)?.ours, 4)
    assert.strictEqual(rowOf(targetOf("density-memory"), rows)?.ours, 6)
    assert.isUndefined(rowOf(targetOf("filter"), rows))
    assert.isUndefined(rowOf(targetOf("fused-vs-topics"), rows))
  })

  it("are in the unit of the rows that are committed", () => {
    for (const target of targets.filter(({ measure }) => measure === "value")) {
      const found = rowOf(target, savedResults())
      if (found !== undefined) assert.strictEqual(found.unit, target.unit, found.name)
    }
  })

  it("are met from the bound on, whichever way they count", () => {
    const map = targetOf("open-map")
    assert.deepStrictEqual(
      [1.99, 2, 6].map((figure) => verdictOf(map, figure)),
      ["short", "bound met", "goal met"]
    )
    const latency = targetOf("latency")
    assert.deepStrictEqual(
      [5.1, 5, 2].map((figure) => verdictOf(latency, figure)),
      ["short", "bound met", "goal met"]
    )
    assert.strictEqual(attained(map, 3), 0.5)
    assert.strictEqual(attained(latency, 4), 0.5)
    assert.deepStrictEqual([shown(map, row("open-map", 30)), shown(latency, row("latency", 30))], [3, 30])
  })

  it("have goals beyond their bounds, and names of their own", () => {
    for (const target of targets) assert.isAtLeast(1, attained(target, target.bound), target.name)
    assert.lengthOf(new Set(targets.map(({ name }) => name)), targets.length)
  })
})
