import { type CaseResult, formatResult, type Paint, type PropertyResult } from "@millrace/sdk/testing"
import { paint, printable } from "../terminal/style.ts"
import type { FileRun } from "./run-files.ts"

export const colours: Paint = {
  good: (text) => paint("green", text),
  bad: (text) => paint("red", text),
  quiet: (text) => paint("dim", text)
}

/** A file's cases, a line each, and the places that differ; of generated records what failed. */
export const fileLines = ({ properties, results }: FileRun): readonly string[] => [
  ...results.flatMap(resultLines),
  ...properties.filter(({ status }) => status === "failed").flatMap(propertyLines)
]

const resultLines = (result: CaseResult): readonly string[] =>
  formatResult({ ...result, name: printable(result.name) }, colours)

const propertyLines = (result: PropertyResult): readonly string[] => [
  ...resultLines(result),
  "    for a fixture:",
  ...printable(result.counterexample ?? "")
    .trimEnd()
    .split("\n")
    .map((line) => `      ${line}`)
]

/** Cases by how they went. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly updated: number
}

export const countsOf = (runs: readonly FileRun[]): Counts => {
  const counts = { passed: 0, failed: 0, updated: 0 }
  for (const { status } of runs.flatMap(({ results }) => results)) counts[status] += 1
  counts.failed += runs.flatMap(({ properties }) => properties).filter(isFailed).length
  return counts
}

const isFailed = ({ status }: CaseResult): boolean => status === "failed"

/** `3 passed, 1 failed in 2 files, 0.84 s` */
export const summaryLine = (runs: readonly FileRun[], ms: number): string => {
  const { failed, passed, updated } = countsOf(runs)
  const bad = runs.filter(({ errors }) => errors.length > 0).length
  const parts = [
    `${passed} passed`,
    ...(failed > 0 ? [paint("red", `${failed} failed`)] : []),
    ...(updated > 0 ? [`${updated} updated`] : []),
    ...(bad > 0 ? [paint("red", `${plural(bad, "file")} could not be run`)] : [])
  ]
  return `${parts.join(", ")} in ${plural(runs.length, "file")}, ${(ms / 1000).toFixed(2)} s`
}

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`

/** A run as a program reads it; ms is the whole time. */
export const runJson = (runs: readonly FileRun[], ms: number) => ({
  counts: countsOf(runs),
  files: runs.length,
  ms,
  cases: runs.flatMap(({ results }) => results.map(caseJson)),
  generated: runs.flatMap(({ properties }) =>
    properties.map(({ counterexample, ...result }) => ({
      ...caseJson(result),
      ...(counterexample === undefined ? {} : { counterexample })
    }))
  )
})

const caseJson = ({ cut, differences, file, line, ms, name, plugin, status }: CaseResult) => ({
  file,
  line,
  name,
  plugin,
  status,
  ...(cut === undefined ? {} : { cut }),
  differences,
  ms
})
