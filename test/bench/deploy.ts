import { spawn } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { setTimeout as delay } from "node:timers/promises"
import { bin, temporaryFolder } from "../input/program.ts"
import { type BenchRow, machine, median } from "./row.ts"

// From the save of a plugin's source to the first record that the new code made, in `millrace dev` as an author has it running:
// the watcher, the bundle, its manifest read in the sandbox, the plan, the upgrade between two batches, and the record's way out.

const rounds = 20
/** Saves before those that count. */
const warmRounds = 5
const budgetMs = 150
/** Between two saves: an author's, not a script's. What is made ready for the next save is ready by then. */
const pauseMs = 1_000

const sourceOf = (word: string): string => `import { defineProcessor, Schema } from "@millrace/sdk"

export const sized = defineProcessor({
  name: "sized",
  reads: { title: Schema.String, pages: Schema.Int },
  adds: { size: Schema.String },
  map: ({ pages }) => ({ size: pages > 300 ? "${word}" : "${word}" })
})
`

interface DevLine {
  readonly event: string
  readonly after?: { readonly size?: string }
  readonly took?: { readonly [step: string]: number }
}

export const run = async (): Promise<readonly BenchRow[]> => {
  const folder = temporaryFolder()
  const source = join(folder.path, "sized.ts")
  writeFileSync(source, sourceOf("edit-0"))
  const child = spawn(process.execPath, [bin, "dev", "sized.ts", "--json", "--rate", "50"], {
    cwd: folder.path,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NO_COLOR: "1" }
  })
  let onLine: (line: DevLine) => void = () => undefined
  createInterface({ input: child.stdout }).on("line", (line) => onLine(JSON.parse(line)))
  const ended = new Promise<never>((_, fail) =>
    child.once("close", (code) => fail(new Error(`dev ended with ${code}`)))
  )
  ended.catch(() => undefined)
  const firstOf = (word: string): Promise<unknown> =>
    Promise.race([
      ended,
      new Promise<void>((done) => {
        onLine = ({ after, event, took }) => {
          if (took !== undefined) steps.push(took)
          if (event === "record" && after?.size === word) done()
        }
      })
    ])
  const steps: { readonly [step: string]: number }[] = []
  const taken: number[] = []
  try {
    await firstOf("edit-0")
    for (let round = 1; round <= warmRounds + rounds; round++) {
      await delay(pauseMs)
      const word = `edit-${round}`
      const began = performance.now()
      const first = firstOf(word)
      writeFileSync(source, sourceOf(word))
      await first
      if (round > warmRounds) taken.push(performance.now() - began)
    }
  } finally {
    child.kill("SIGTERM")
    await ended.catch(() => undefined)
    folder.remove()
  }
  return [rowOf(taken, steps.slice(-rounds))]
}

const rowOf = (taken: readonly number[], steps: readonly { readonly [step: string]: number }[]): BenchRow => {
  const ours = median(taken)
  const names = [...new Set(steps.flatMap((step) => Object.keys(step)))]
  const parts = names.map((name) => `${name} ${Math.round(median(steps.map((step) => step[name] ?? 0)))}`)
  return {
    name: `deploy: save to first output of the new code, p50 (${parts.join(", ")} ms; most ${Math.round(Math.max(...taken))})`,
    ours,
    peer: budgetMs,
    peerName: "budget",
    ratio: budgetMs / ours,
    unit: "ms",
    rounds: taken.length,
    verified: true,
    machine: machine()
  }
}
