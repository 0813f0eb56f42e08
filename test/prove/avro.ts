import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { inspect } from "node:util"
import { schemaText } from "@millrace/sdk/avro"
import * as fc from "fast-check"
import { compare, samples } from "./avro/differential.ts"
import type { Sample } from "./avro/differential.ts"
import type { ProofOptions, ProofResult } from "./main.ts"

export const name = "avro"
export const describe =
  "ours against avsc 5.7.9 over random schemas, values and evolutions; every difference is of a named class"

const defaultCount = 100_000
const chunk = 500
const maxShown = 5
const progressFile = join(import.meta.dirname, "../../.millrace/prove/avro.json")

interface Progress {
  readonly seed: number
  readonly done: number
  readonly failed: number
  readonly classes: { readonly [verdict: string]: number }
}

/** Runs `count` pairs, 100,000 unless told otherwise, in chunks that each have a seed of their own. */
export const run = async (options: ProofOptions): Promise<ProofResult> => {
  const count = options.count ?? defaultCount
  let progress = options.resume ? resumed(options.seed) : begun(options.seed)
  while (progress.done < count) {
    progress = runChunk(progress, Math.min(chunk, count - progress.done))
    mkdirSync(dirname(progressFile), { recursive: true })
    writeFileSync(progressFile, JSON.stringify(progress))
    if (progress.done % (chunk * 20) === 0 || progress.done === count) {
      process.stderr.write(`avro: ${progress.done} of ${count} pairs, ${progress.failed} unexplained\n`)
    }
  }
  const notes = Object.entries(progress.classes).map(([verdict, pairs]) => `${verdict}: ${pairs} pairs`)
  return { passed: progress.done - progress.failed, failed: progress.failed, notes }
}

const begun = (seed: number): Progress => ({ seed, done: 0, failed: 0, classes: {} })

const resumed = (seed: number): Progress => {
  try {
    const progress: Progress = JSON.parse(readFileSync(progressFile, "utf8"))
    return progress.seed === seed && progress.done % chunk === 0 ? progress : begun(seed)
  } catch {
    return begun(seed)
  }
}

const runChunk = (before: Progress, size: number): Progress => {
  const classes = { ...before.classes }
  let failed = before.failed
  for (const sample of fc.sample(samples, { seed: before.seed * 1_000_003 + before.done, numRuns: size })) {
    const verdict = compare(sample)
    const label = "known" in verdict ? verdict.known : "equal" in verdict ? "equal" : "unexplained"
    classes[label] = (classes[label] ?? 0) + 1
    if (!("unknown" in verdict)) continue
    failed += 1
    if (failed <= maxShown) process.stderr.write(`${shown(sample, verdict.unknown)}\n`)
  }
  return { ...before, done: before.done + size, failed, classes }
}

const shown = (sample: Sample, why: string): string =>
  [
    `avro: ${why}`,
    schemaText(sample.writer),
    schemaText(sample.reader),
    inspect(sample.value, { depth: 20 })
  ].join("\n  ")
