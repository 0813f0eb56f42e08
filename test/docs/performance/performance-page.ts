import { readFileSync } from "node:fs"
import * as Schema from "effect/Schema"
import { type SavedRow, savedResults } from "../../bench/saved-results.ts"
import { rowOf, shown, type Target, targets, verdictOf } from "../../bench/targets.ts"
import { chart, type Entry, figureText } from "./chart.ts"

const Shortfalls = Schema.fromJsonString(Schema.Record(Schema.String, Schema.String))

/** Why a target is missed, by its name: what was found, and what would mend it. */
export const shortfalls = (): { readonly [target: string]: string } =>
  Schema.decodeUnknownSync(Shortfalls)(
    readFileSync(new URL("../../bench/shortfalls.json", import.meta.url), "utf8")
  )

export const entriesOf = (rows: readonly SavedRow[]): readonly Entry[] =>
  targets.map((target) => ({ target, row: rowOf(target, rows) }))

const isThroughput = ({ target }: Entry): boolean => target.measure === "ratio"

/** `docs/performance/throughput.svg` */
export const throughputChart = (): string =>
  chart("Throughput by a peer: more is better", entriesOf(savedResults()).filter(isThroughput))

/** `docs/performance/time-and-memory.svg` */
export const timeChart = (): string =>
  chart(
    "Time and memory: less is better, drawn as goal by measured",
    entriesOf(savedResults()).filter((entry) => !isThroughput(entry))
  )

/** `docs/performance.md` */
export const performancePage = (): string => pageOf(savedResults(), shortfalls())

/** The page for these results. */
export const pageOf = (rows: readonly SavedRow[], why: { readonly [target: string]: string }): string => {
  const entries = entriesOf(rows)
  const others = rows.filter((row) => entries.every((entry) => entry.row !== row))
  return `# Performance

What Millrace is held to, and what was measured. The charts and tables are made by \`npm run docs\` from
[test/bench/results.json](../test/bench/results.json), which \`npm run bench -- NAME --save\` writes; what is behind the figures, and what was
tried, is in [test/bench/RESULTS.md](../test/bench/RESULTS.md). How to measure a plugin of yours: [Measure a plugin](how-to/measure.md).

![Throughput of each bench, by its goal and bound](performance/throughput.svg)

![Time and memory of each bench, by its goal and bound](performance/time-and-memory.svg)

A bar that reaches the full line meets its goal, one that reaches the broken line its bound.

## Against bounds and goals

| bench | what | ours | peer | figure | bound | goal | |
|---|---|---|---|---|---|---|---|
${entries.map(targetRow).join("\n")}

${shortText(entries, why)}
## How it is measured

- Ours and the peer do the same to the same bytes, and both are verified to give equal results before anything counts; a row that was not verified is not saved.
- They take turns within each round, and the median of the rounds counts, so that a machine whose speed changes slows both. Ratios hold from
  machine to machine better than rates do.
- Rates are records per second of CPU time, of all processes that take part: what a machine with one core could do.

| bench | rounds | machine | measured at |
|---|---|---|---|
${entries.map(machineRow).join("\n")}
${others.length === 0 ? "" : `\n## Other measurements\n\n${otherTable(others)}`}`
}

const targetRow = ({ row, target }: Entry): string => {
  const limits = `${figureText(target, target.bound)} | ${figureText(target, target.goal)}`
  if (row === undefined) return `| ${target.name} | ${target.title} | | | not measured yet | ${limits} | |`
  const figure = shown(target, row)
  return `| ${target.name} | ${target.title} | ${ours(row)} | ${peer(row)} | ${figureText(target, figure)} | ${limits} | ${verdictOf(target, figure)} |`
}

const machineRow = ({ row, target }: Entry): string =>
  row === undefined
    ? `| ${target.name} | | not measured yet | |`
    : `| ${target.name} | ${row.rounds} | ${row.machine} | ${measuredAt(row)} |`

const measuredAt = ({ measuredAt: { commit, date } }: SavedRow): string => `${commit}, ${date}`

const ours = (row: SavedRow): string => `${amount(row.ours)} ${row.unit}`

/** A bench without a peer has none to show. */
const peer = (row: SavedRow): string =>
  row.peerName === undefined && !(row.peer > 0)
    ? ""
    : `${amount(row.peer)}${row.peerName === undefined ? "" : ` (${row.peerName})`}`

const amount = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)))

const shortText = (entries: readonly Entry[], why: { readonly [target: string]: string }): string => {
  const short = entries.flatMap(({ row, target }) =>
    row !== undefined && verdictOf(target, shown(target, row)) !== "goal met"
      ? [lineOf(target, row, why)]
      : []
  )
  return short.length === 0 ? "" : `## What falls short, and why\n\n${short.join("\n")}\n\n`
}

const lineOf = (target: Target, row: SavedRow, why: { readonly [target: string]: string }): string => {
  const figure = shown(target, row)
  const missed = verdictOf(target, figure) === "short" ? "bound" : "goal"
  const reason = Object.hasOwn(why, target.name) ? why[target.name] : "not looked into yet"
  return `- **${target.name}**: ${figureText(target, figure)} where the ${missed} is ${figureText(target, target[missed])}: ${reason.replace(/\.$/, "")}.`
}

const otherTable = (rows: readonly SavedRow[]): string =>
  [
    "| bench | ours | peer | ratio | rounds | machine | measured at |",
    "|---|---|---|---|---|---|---|",
    ...rows.map(
      (row) =>
        `| ${row.name} | ${ours(row)} | ${peer(row)} | ${Number(row.ratio.toFixed(2))} | ${row.rounds} | ${row.machine} | ${measuredAt(row)} |`
    )
  ].join("\n")
