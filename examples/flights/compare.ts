import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { canonicalLines, compareLines, type Comparison, readParts } from "../compare-lines.ts"
import type { Size } from "./raw.ts"

/** What the pipeline writes, each to a folder of its name. `day`: the field whose day a record is counted under. */
export const outputs = [
  { name: "hours", day: "hour" },
  { name: "late", day: "date" },
  { name: "sessions", day: "from" },
  { name: "very-late", day: "date" }
] as const

export type Output = (typeof outputs)[number]

/** Records of an output that are kept as they are; of more, a line for each day. */
const mostLines = 1_000

/** What is kept of an output: its records in canonical form, or for each day how many there are, and their SHA-256. */
export const kept = (text: string, { day }: Output): string => {
  const lines = canonicalLines(text).split("\n").slice(0, -1)
  if (lines.length <= mostLines) return lines.map((line) => `${line}\n`).join("")
  const days = new Map<string, string[]>()
  for (const line of lines) {
    const name = dayOf(line, day)
    const own = days.get(name)
    if (own === undefined) days.set(name, [line])
    else own.push(line)
  }
  return [...days]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, own]) => `${JSON.stringify({ day: name, records: own.length, sha256: digest(own) })}\n`)
    .join("")
}

const dayOf = (line: string, field: string): string => {
  const record: { readonly [name: string]: unknown } = JSON.parse(line)
  return String(record[field]).slice(0, 10)
}

const digest = (lines: readonly string[]): string =>
  createHash("sha256").update(lines.join("\n")).digest("hex")

/** Where the committed answers stand. */
export const expectedFile = (size: Size, name: string): string =>
  join(import.meta.dirname, "expected", size, `${name}.ndjson`)

/** Compares what the example's pipeline wrote with what DuckDB derived. `folder`: of the outputs. */
export const compareFlights = (
  size: Size,
  folder: string = join(import.meta.dirname, "out")
): readonly Comparison[] =>
  outputs.map((output) => {
    const expected = expectedFile(size, output.name)
    const written = readParts(join(folder, output.name))
    const records = written.split("\n").length - 1
    const compared = compareLines(kept(written, output), readFileSync(expected, "utf8"))
    return { ...compared, name: output.name, expected, records }
  })
