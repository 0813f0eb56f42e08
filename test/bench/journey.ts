import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { openPlace, type Place } from "../journey/local-registry.ts"
import { upIn } from "../journey/platform.ts"
import { type BenchRow, machine, median } from "./row.ts"
import { watch } from "../journey/watching.ts"

// The author's journey through a local npm registry: what each of the five commands takes, against its budget. A first
// round fills the registry, so that every package comes from it afterwards; `cold` has an empty npm cache, `warm` the
// cache of the round before. Needs a quiet machine.

/** Most that each may take, in milliseconds. */
const budgets = {
  "create, empty npm cache": 20_000,
  "create, warm npm cache": 5_000,
  "save to new output": 300,
  publish: 5_000,
  "nothing to first output": 120_000
} as const

type Step = keyof typeof budgets

const rounds = 3
const edits = 15

export const run = async (): Promise<readonly BenchRow[]> => {
  const place = await openPlace()
  try {
    await walk(place, "fill", 0)
    const taken = new Map<Step, readonly number[]>()
    for (let round = 1; round <= rounds; round++)
      for (const [step, milliseconds] of await walk(place, `round-${round}`, edits))
        taken.set(step, [...(taken.get(step) ?? []), ...milliseconds])
    return [...taken].map(([step, milliseconds]) => row(step, milliseconds))
  } finally {
    await place.close()
  }
}

/** One author's first hour, with an npm cache of its own, and a second project with what is then in that cache. */
const walk = async (place: Place, name: string, times: number) => {
  const shell = place.shell(name)
  const home = join(place.folder, name)
  mkdirSync(home)
  const started = performance.now()
  const cold = await shell.run(home, "npm", [
    "create",
    "processor",
    "my-filter",
    "--",
    "--yes",
    "--scope",
    "acme"
  ])
  const project = join(home, "my-filter")
  const dev = await watch(shell, project)
  const saves: number[] = []
  for (let edit = 0; edit < times; edit++) saves.push(await dev.edit(`edit-${edit}`))
  await dev.stop()
  await shell.run(project, "npm", ["test"])
  const platform = await upIn(shell, project)
  const published = await shell.run(project, "npx", ["millrace", "publish"])
  await shell.run(project, "npx", ["millrace", "run", "pipeline.yaml", "--grant", "--until-end"])
  const total = performance.now() - started
  await platform.stop()
  const warm = await shell.run(home, "npm", [
    "create",
    "processor",
    "my-next",
    "--",
    "--yes",
    "--scope",
    "acme"
  ])
  return [
    ["create, empty npm cache", [cold.milliseconds]],
    ["create, warm npm cache", [warm.milliseconds]],
    ["save to new output", saves],
    ["publish", [published.milliseconds]],
    ["nothing to first output", [total]]
  ] satisfies readonly (readonly [Step, readonly number[]])[]
}

const row = (step: Step, milliseconds: readonly number[]): BenchRow => {
  const ours = median(milliseconds)
  const peer = budgets[step]
  return {
    name: `journey: ${step}, p50`,
    ours,
    peer,
    peerName: "budget",
    ratio: peer / ours,
    unit: "ms",
    rounds: milliseconds.length,
    verified: true,
    machine: machine()
  }
}
