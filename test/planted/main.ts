import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { parseArgs } from "node:util"
import { drawFault } from "./faults/draw-fault.ts"
import { type FaultKind, faultKinds } from "./faults/fault.ts"
import { plant, plantedVersion } from "./faults/plant.ts"
import { untilHealthy } from "./stage/healthy.ts"
import { raiseStage } from "./stage/stage.ts"

// A pipeline with a fault that a seed draws, for eyes that did not plant it:
//   node runtime/bin/node24.js test/planted/main.ts --seed 7
// What was planted is in the answer file alone.

const usage = `planted --seed N [--port P] [--fault-after SECONDS] [--fault KIND] [--answer FILE] [--keep]
  --seed         decides everything: the records, and the fault's kind, place and size
  --port         of the console; default: any that is free
  --fault-after  seconds of health before the fault; default: 30
  --fault        its kind, one of ${faultKinds.join(", ")}; place and size are drawn all the same
  --answer       where it is written what was planted; default: answer.json of the temporary folder
  --keep         leaves the temporary folder`

interface Options {
  readonly seed: number
  readonly port: number | undefined
  readonly faultAfterSeconds: number
  readonly kind: FaultKind | undefined
  readonly answer: string | undefined
  readonly keeps: boolean
}

const numberOf = (flag: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  const number = Number(text)
  if (!Number.isInteger(number) || number < 0)
    throw new Error(`--${flag} ${text}: give a whole number from 0 on`)
  return number
}

const optionsOf = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string" },
      port: { type: "string" },
      "fault-after": { type: "string" },
      fault: { type: "string" },
      answer: { type: "string" },
      keep: { type: "boolean" }
    }
  })
  const seed = numberOf("seed", values.seed)
  if (seed === undefined) throw new Error("--seed is missing: give a whole number")
  const kind = faultKinds.find((each) => each === values.fault)
  if (values.fault !== undefined && kind === undefined)
    throw new Error(`--fault ${values.fault}: give one of ${faultKinds.join(", ")}`)
  return {
    seed,
    port: numberOf("port", values.port),
    faultAfterSeconds: numberOf("fault-after", values["fault-after"]) ?? 30,
    kind,
    answer: values.answer,
    keeps: values.keep === true
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Alerts in a twentieth of their time, so that a fault is told within a minute. */
const alertScale = "0.05"

const run = async (options: Options, ended: AbortSignal): Promise<void> => {
  process.env["MILLRACE_ALERT_SCALE"] ??= alertScale
  const folder = mkdtempSync(join(tmpdir(), "millrace-planted-"))
  try {
    say(`folder   ${folder}`)
    const { seed, port } = options
    const stage = await raiseStage({ seed, folder, ...(port === undefined ? {} : { port }) })
    try {
      say(`console  ${stage.platform.url}`)
      say(`token    ${join(folder, "data/token")}`)
      await orEnded(untilHealthy(stage.platform), ended)
      say("healthy")
      await delay(options.faultAfterSeconds * 1_000, undefined, { signal: ended })
      const fault = drawFault(seed, options.kind)
      const answer = { seed, release: plantedVersion, fault, begunAt: new Date().toISOString() }
      writeFileSync(
        options.answer ?? join(folder, "answer.json"),
        `${JSON.stringify(answer, undefined, 2)}\n`,
        {
          mode: 0o600
        }
      )
      await orEnded(plant(stage, fault), ended)
      say("planted")
      await orEnded(new Promise(() => undefined), ended)
    } finally {
      await stage.close()
    }
  } finally {
    if (!options.keeps) rmSync(folder, { recursive: true, force: true })
  }
}

/** Answers as the work does, or rejects as soon as the user ends it all: what was under way fails with the platform. */
const orEnded = <A>(work: Promise<A>, signal: AbortSignal): Promise<A> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => {
      const end = (): void => reject(new Error("ended"))
      if (signal.aborted) end()
      signal.addEventListener("abort", end, { once: true })
    })
  ])

const main = async (): Promise<void> => {
  const ending = new AbortController()
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => ending.abort())
  try {
    await run(optionsOf(process.argv.slice(2)), ending.signal)
  } catch (error) {
    if (ending.signal.aborted) return
    process.stderr.write(`planted: ${error instanceof Error ? error.message : String(error)}\n${usage}\n`)
    process.exitCode = 1
  }
}

await main()
