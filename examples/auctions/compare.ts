import { readFileSync } from "node:fs"
import { join } from "node:path"
import { compareLines, type Comparison, readParts } from "../compare-lines.ts"
import type { QueryName } from "./settings.ts"

export const expectedFile = (name: string): string => join(import.meta.dirname, "expected", `${name}.ndjson`)

/** Compares what queries wrote below a folder with files of {@link expectedFile}. */
export const compareAuctions = (
  names: readonly QueryName[],
  folder: string = join(import.meta.dirname, "out")
): readonly Comparison[] =>
  names.map((name) => {
    const expected = expectedFile(name)
    return { name, expected, ...compareQuery(name, folder, readFileSync(expected, "utf8")) }
  })

/** Compares what one query wrote below a folder with what it should have. */
export const compareQuery = (name: QueryName, folder: string, expected: string) =>
  compareLines(givenOf(name, folder), expected)

/** What of a query's output below a folder follows from the events. */
export const givenOf = (name: QueryName, folder: string): string => {
  const given = readParts(join(folder, name))
  return name === "q4" ? newest(given) : given
}

interface CategoryLine {
  readonly category: number
  readonly auctions: number
}

/**
 * The last record of each category: q4 gives a new mean with every auction that is over, in no common order of categories.
 * Those of a category must count from one, each once; where they do not, all are left.
 */
const newest = (text: string): string => {
  const byCategory = new Map<number, string[]>()
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const { auctions, category }: CategoryLine = JSON.parse(line)
    const lines = byCategory.get(category) ?? []
    if (auctions !== lines.length + 1) return text
    byCategory.set(category, [...lines, line])
  }
  return [...byCategory.values()].map((lines) => lines.at(-1)).join("\n")
}
