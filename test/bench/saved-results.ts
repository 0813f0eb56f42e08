import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Schema from "effect/Schema"
import type { BenchRow } from "./row.ts"
import { rowKey } from "./targets.ts"

/** A row as it is committed, with what was measured. */
const SavedRow = Schema.Struct({
  name: Schema.String,
  ours: Schema.Number,
  peer: Schema.Number,
  ratio: Schema.Number,
  unit: Schema.String,
  rounds: Schema.Int,
  verified: Schema.Boolean,
  machine: Schema.String,
  wall: Schema.optionalKey(Schema.Number),
  peerName: Schema.optionalKey(Schema.String),
  measuredAt: Schema.Struct({
    /** Of the source; ends with `+` where files that were not committed were measured too. */
    commit: Schema.String,
    /** ISO 8601, a day. */
    date: Schema.String
  })
})
export type SavedRow = typeof SavedRow.Type

const Results = Schema.fromJsonString(Schema.Struct({ rows: Schema.Array(SavedRow) }))

const file = fileURLToPath(new URL("./results.json", import.meta.url))

/** The committed results, in the order of their names. */
export const savedResults = (): readonly SavedRow[] =>
  Schema.decodeUnknownSync(Results)(readFileSync(file, "utf8")).rows

/** The rows with those that were measured now in the place of what was there by their names. */
export const mergeRows = (
  saved: readonly SavedRow[],
  measured: readonly BenchRow[],
  measuredAt: SavedRow["measuredAt"]
): readonly SavedRow[] => {
  const rows = new Map(saved.map((row) => [rowKey(row.name), row]))
  for (const row of measured) rows.set(rowKey(row.name), { ...row, measuredAt })
  return [...rows.values()].toSorted((left, right) => (left.name < right.name ? -1 : 1))
}

/** Writes what was measured into the committed results. A row that is not verified is no result: it throws. */
export const saveRows = (measured: readonly BenchRow[], now: Date): void => {
  const wrong = measured.filter(({ verified }) => !verified).map(({ name }) => name)
  if (wrong.length > 0)
    throw new Error(`not saved: ${wrong.join(", ")} did not give what its peer gave; correct that first`)
  const measuredAt = { commit: commitNow(), date: now.toISOString().slice(0, 10) }
  const rows = mergeRows(savedResults(), measured, measuredAt)
  writeFileSync(file, `${JSON.stringify({ rows }, null, 2)}\n`)
}

const commitNow = (): string => {
  const git = (...args: readonly string[]) =>
    execFileSync("git", args, { encoding: "utf8", cwd: fileURLToPath(new URL(".", import.meta.url)) }).trim()
  // What is written after a measurement is not measured.
  const written = ["test/bench/results.json", "docs"].map((path) => `:(top,exclude)${path}`)
  const changed = git("status", "--porcelain", "--untracked-files=no", "--", ":(top)", ...written)
  return `${git("rev-parse", "--short=10", "HEAD")}${changed === "" ? "" : "+"}`
}
