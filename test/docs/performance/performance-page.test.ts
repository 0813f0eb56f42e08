import { existsSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import type { SavedRow } from "../../bench/saved-results.ts"
import { targets } from "../../bench/targets.ts"
import { root } from "../../house/floors.ts"
import { chart } from "./chart.ts"
import { entriesOf, pageOf, shortfalls } from "./performance-page.ts"

const row = (name: string, ours: number, ratio: number): SavedRow => ({
  name,
  ours,
  peer: ours / ratio,
  ratio,
  unit: "records per CPU-second",
  rounds: 5,
  verified: true,
  machine: "2 x any",
  peerName: "avsc",
  measuredAt: { commit: "abcdef0123", date: "2026-02-01" }
})
const rows = [
  row("filter: bids", 700_000, 0.5),
  row("open-map: bids", 4_000_000, 7),
  row("windows: HOP", 1_000, 0.4)
]

describe("the page of performance", () => {
  it("has a line for each target, measured or not", () => {
    const page = pageOf(rows, {})
    for (const { name } of targets) assert.include(page, `\n| ${name} |`)
    assert.include(
      page,
      "| filter | a filter on one field, by avsc in process | 700,000 records per CPU-second | 1,400,000 (avsc) | 0.5x | 3x | 6x | short |"
    )
    assert.match(page, /\| open-map \|.*\| 7x \| 2x \| 6x \| goal met \|/)
    assert.match(page, /\| recover \|.*\| not measured yet \| 2000 ms \| 1000 ms \| \|/)
    assert.include(page, "| filter | 5 | 2 x any | abcdef0123, 2026-02-01 |")
  })

  it("says of what falls short why, and lists what has no target", () => {
    const page = pageOf(rows, { filter: "the record loop takes most of it" })
    assert.include(page, "- **filter**: 0.5x where the bound is 3x: the record loop takes most of it.")
    assert.include(pageOf(rows, { filter: "One thing. Another." }), "3x: One thing. Another.\n")
    assert.notInclude(page, "- **open-map**")
    assert.match(page, /## Other measurements[^]*\| windows: HOP \|/)
    assert.include(pageOf(rows, {}), "3x: not looked into yet.")
    assert.notInclude(pageOf([], {}), "falls short")
  })

  it("knows reasons of targets that there are, alone", () => {
    const names = new Set(targets.map(({ name }) => name))
    assert.deepStrictEqual(
      Object.keys(shortfalls()).filter((name) => !names.has(name)),
      []
    )
    assert.isTrue(existsSync(join(root, "test/bench/RESULTS.md")))
  })
})

describe("the charts", () => {
  it("draw each bar as long as its goal is met, and the bound where it stands", () => {
    const entries = entriesOf(rows).filter(({ target }) =>
      ["filter", "open-map", "log"].includes(target.name)
    )
    const svg = chart("Throughput", entries)
    const bars = [...svg.matchAll(/<rect class="(met|enough|short)" x="(\d+)" y="\d+" width="(\d+)"/g)]
    assert.deepStrictEqual(
      bars.map(([, kind]) => kind),
      ["met", "short"]
    )
    const goal = Number(/class="goal" x1="(\d+)"/.exec(svg)?.[1])
    const [[, , start, met] = [], [, , , short] = []] = bars
    assert.closeTo((Number(short) / (goal - Number(start))) * 6, 0.5, 0.05)
    assert.closeTo((Number(met) / (goal - Number(start))) * 6, 7, 0.05)
    assert.include(svg, "not measured yet")
    assert.include(svg, "prefers-color-scheme: dark")
  })

  it("say what anything is called without breaking the picture", () => {
    assert.include(chart('a < "b" & c', []), "a &lt; &quot;b&quot; &amp; c")
  })
})
