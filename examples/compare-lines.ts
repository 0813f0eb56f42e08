import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** How the records of a folder compare with the expected ones. */
export interface Comparison {
  readonly name: string
  /** Records found. */
  readonly records: number
  readonly equal: boolean
  /** Path of the expected records. */
  readonly expected: string
  /** Expected, and not there; at most ten. */
  readonly missing: readonly string[]
  /** There, and not expected; at most ten. */
  readonly surplus: readonly string[]
}

/** Compares outputs of a folder with the NDJSON files of another, by name. Each output is a folder of part files. */
export const compareFolders = (
  names: readonly string[],
  outputs: string,
  expected: string
): readonly Comparison[] =>
  names.map((name) => {
    const file = join(expected, `${name}.ndjson`)
    return {
      name,
      expected: file,
      ...compareLines(readParts(join(outputs, name)), readFileSync(file, "utf8"))
    }
  })

/** Every finished part file of a folder, one after the other; empty when there is none. */
export const readParts = (folder: string): string => {
  if (!existsSync(folder)) return ""
  const parts = readdirSync(folder).filter((name) => name.endsWith(".ndjson") && !name.startsWith("."))
  return parts.map((name) => readFileSync(join(folder, name), "utf8")).join("")
}

/** Compares two NDJSON texts as multisets: the order of lines and of a record's fields tells nothing. */
export const compareLines = (actual: string, expected: string): Omit<Comparison, "name" | "expected"> => {
  const left = new Map<string, number>()
  const lines = linesOf(actual)
  for (const line of lines) left.set(line, (left.get(line) ?? 0) + 1)
  const missing: string[] = []
  for (const line of linesOf(expected)) {
    const count = left.get(line) ?? 0
    if (count === 0) missing.push(line)
    else left.set(line, count - 1)
  }
  const surplus = [...left].flatMap(([line, count]) => Array.from({ length: count }, () => line))
  const equal = missing.length + surplus.length === 0
  return { records: lines.length, equal, missing: missing.slice(0, 10), surplus: surplus.slice(0, 10) }
}

/** An NDJSON text in canonical form: keys sorted in each record, records sorted. */
export const canonicalLines = (text: string): string =>
  linesOf(text)
    .map((line) => `${line}\n`)
    .join("")

const linesOf = (text: string): readonly string[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => canonical(JSON.parse(line)))
    .toSorted()

const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`
}
