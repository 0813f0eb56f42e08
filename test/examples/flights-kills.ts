import { PipelineStatus, PlatformStatus } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { untilState } from "../input/pipelines.ts"
import { type Platform, until } from "../input/program.ts"
import {
  applyFlights,
  committedCounts,
  faultsOf,
  type FlightsCopy,
  outcomeOf,
  upFlights
} from "./flights-run.ts"

/** A run of the example from an empty folder to its end, with kills -9 on the way. */
export interface KilledRun {
  readonly copy: FlightsCopy
  /** Records of a batch. */
  readonly batch: number
  readonly kills: number
  /** 0 <= r < 1; says where the kills come. */
  readonly draw: () => number
  /** Told of each. */
  readonly onKill?: (what: string) => void
}

/** Where the platform dies by its own hand: between any two steps of a batch. */
const points = ["after-fetch", "mid-batch", "after-reply", "before-commit", "after-commit"] as const
/** Every so many kills is one of all sandboxes, and then of the platform that they left behind. */
const sandboxTurn = 5
const patience = 3_600

/** What is wrong with what a run came to; empty when nothing is. */
export const faultsOfRun = async (run: KilledRun): Promise<readonly string[]> => {
  const { batch, copy } = run
  const variables = { BATCH_RECORDS: String(batch) }
  let platform = await upFlights(copy, variables)
  await applyFlights(platform, copy)
  let killed = 0
  if (run.kills > 0) {
    await killPlatform(platform)
    killed += 1
    run.onKill?.("the platform after the apply")
  }
  while (killed < run.kills) {
    const what = await kill(run, variables, killed)
    if (what === undefined) return [`it had ended after ${killed} kills of ${run.kills}`]
    killed += 1
    run.onKill?.(what)
  }
  if (run.kills > 0) platform = await upFlights(copy, variables)
  try {
    await untilState(platform, "flights", ["completed", "failed", "degraded"], patience)
    return faultsOf(await outcomeOf(platform, copy), committedCounts(copy.size))
  } finally {
    await platform.stop()
  }
}

/** Starts the platform and kills it, or its sandboxes; says what died, undefined when the pipeline had ended before. */
const kill = async (
  { batch, copy, draw }: KilledRun,
  variables: { readonly [name: string]: string },
  killed: number
): Promise<string | undefined> => {
  if (killed % sandboxTurn === sandboxTurn - 1) return killSandboxes(copy, variables)
  const point = points[Math.floor(draw() * points.length)] ?? "after-fetch"
  // Batches of one are many more: so the kills come all over the run.
  const pass = 1 + Math.floor(draw() * (batch === 1 ? 6_000 : 6))
  const what = `the platform at pass ${pass} of ${point}`
  const platform = await upFlights(copy, { ...variables, FAIL_AT: `${point}:${pass}` }).catch(() => undefined)
  // It may die as it starts.
  if (platform === undefined) return what
  const end = await until(
    () => endOf(platform),
    (state) => state !== "running",
    patience
  )
  if (end === "gone") return what
  await killPlatform(platform)
  return undefined
}

const killSandboxes = async (
  copy: FlightsCopy,
  variables: { readonly [name: string]: string }
): Promise<string | undefined> => {
  const platform = await upFlights(copy, variables)
  const before = await commitsOf(platform)
  const now = await until(
    async () => ((await endOf(platform)) === "completed" ? "completed" : await commitsOf(platform)),
    (state) => state === "completed" || state > before,
    patience
  )
  if (now !== "completed") {
    const { sandboxes } = Schema.decodeUnknownSync(PlatformStatus)((await platform.get("/api/status")).body)
    for (const { pid } of sandboxes) signal(pid, "SIGKILL")
  }
  await killPlatform(platform)
  return now === "completed" ? undefined : "all sandboxes, and the platform while it began others"
}

const killPlatform = async ({ pid }: Platform): Promise<void> => {
  signal(pid, "SIGKILL")
  await until(
    () => signal(pid, 0),
    (isThere) => !isThere
  )
}

/** Whether there was a process to be sent it. */
const signal = (pid: number, name: "SIGKILL" | 0): boolean => {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

const statusOf = async (platform: Platform): Promise<PipelineStatus> =>
  Schema.decodeUnknownSync(PipelineStatus)((await platform.get("/api/status/flights")).body)

const commitsOf = async (platform: Platform): Promise<number> =>
  (await statusOf(platform)).tasks.reduce((sum, { sequence }) => sum + sequence, 0)

const endOf = async (platform: Platform): Promise<"running" | "completed" | "gone"> => {
  if (!signal(platform.pid, 0)) return "gone"
  const status = await statusOf(platform).catch(() => undefined)
  if (status === undefined) return signal(platform.pid, 0) ? "running" : "gone"
  return status.state === "completed" ? "completed" : "running"
}
