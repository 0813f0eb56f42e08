import { join, relative } from "node:path"
import type { Example } from "./example.ts"
import { applyFile, startPlatform, untilEnded } from "./platform.ts"

// `npm start [-- EXAMPLE...]`: one process with everything on an embedded log, the first-party plugins published, and an
// example run to its end on real data; movies unless others are named. Stays up. Other arguments go to `millrace up`:
// `npm start -- flights --port 4100`.
const examples: { readonly [name: string]: () => Promise<{ readonly example: Example }> } = {
  auctions: () => import("./auctions/example.ts"),
  flights: () => import("./flights/example.ts"),
  movies: () => import("./movies/example.ts")
}

const fromHere = (path: string): string => relative(process.cwd(), path) || "."
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const given = process.argv.slice(2)
const firstFlag = given.findIndex((argument) => argument.startsWith("-"))
const named = firstFlag < 0 ? given : given.slice(0, firstFlag)
const flags = firstFlag < 0 ? [] : given.slice(firstFlag)
const names = named.length === 0 ? ["movies"] : named
const unknown = names.find((name) => !(name in examples))
if (unknown !== undefined) {
  process.stderr.write(
    `start: there is no example ${unknown}: give ${Object.keys(examples).join(", ")}, before any flag\n`
  )
  process.exit(64)
}
const isDataGiven = flags.some((flag) => flag === "--data" || flag.startsWith("--data="))
const data = isDataGiven ? [] : ["--data", join(import.meta.dirname, "../.millrace")]

const chosen = await Promise.all(names.flatMap((name) => examples[name]?.() ?? []))
for (const { example } of chosen) await example.prepare()

const platform = await startPlatform([...data, ...flags]).catch((error: Error) => {
  process.stderr.write(`start: ${error.message}\n`)
  process.exit(1)
})
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => platform.process.kill(signal))
platform.process.on("exit", (code) => process.exit(code ?? 1))
say(`millrace is up on ${platform.url}, data in ${fromHere(platform.data)}`)

/** Applies an example, shows what it does until it has ended, and holds its outputs against what is expected. */
const run = async ({ compare, folder, hint, pipelines, prepare: _, watch }: Example): Promise<void> => {
  let hasEnded = false
  const show = await watch?.({ url: platform.url, hasEnded: () => hasEnded, say })
  for (const name of pipelines)
    if (!(await applyFile(platform, join(folder, `${name}.pipeline.yaml`)))) return
  const shown = show?.()
  const ends: string[] = []
  for (const name of pipelines) {
    const { state, tasks } = await untilEnded(platform.url, name)
    const error = tasks.find((task) => task.error !== undefined)?.error
    ends.push(`${name}: ${state}${error === undefined ? "" : `: ${error.code}: ${error.message}`}`)
  }
  hasEnded = true
  await shown
  for (const end of ends) say(end)
  for (const { equal, expected, name, records } of compare()) {
    const verdict = equal ? "equal to" : "NOT equal to"
    say(`  ${name}: ${records} records, ${verdict} ${fromHere(expected)} (derived with DuckDB)`)
  }
  say(`\nThe output is in ${fromHere(join(folder, "out"))}\n\n${hint}`)
}

// Who stops it meanwhile finds it gone: then its end is ours too.
const isUp = (): boolean => platform.process.exitCode === null && platform.process.signalCode === null
try {
  for (const { example } of chosen) await run(example)
} catch (error) {
  if (isUp()) process.stderr.write(`start: ${error instanceof Error ? error.message : String(error)}\n`)
}
if (isUp()) say(`\nMillrace is up on ${platform.url}. Stop with Ctrl-C or \`npx millrace down\`.`)
