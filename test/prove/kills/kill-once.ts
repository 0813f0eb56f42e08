import { setTimeout as sleep } from "node:timers/promises"
import { isEarly } from "./kill-plan.ts"
import type { Kill } from "./kill-plan.ts"
import type { Place } from "./place.ts"
import { areGone, asItIs } from "./program.ts"
import type { Program, ProgramOptions } from "./program.ts"

/** How a kill went. `hit`: the process died at its point; else it was killed some time later, which is a kill too. */
export interface Killed {
  readonly point: Kill["point"]
  readonly hit: boolean
  readonly faults: readonly string[]
}

/** Longest wait for a running load to come to a point. */
const pointPatienceMs = 30_000
const maxShutdownDelayMs = 1_500

/** Starts the program, kills it as told, and sees it gone, with every process that it had started. */
export async function killOnce(place: Place, kill: Kill, base: ProgramOptions = asItIs): Promise<Killed> {
  const program = place.up(isEarly(kill.point), { ...base, variables: { ...base.variables, ...armed(kill) } })
  const hit = await bringToPoint(place, program, kill)
  const children = program.childPids()
  program.signal("SIGKILL")
  const { errors, signal } = await program.ended
  const faults = signal === "SIGKILL" ? [] : [`${kill.point}: it ended by itself: ${errors.slice(-500)}`]
  if (!(await areGone(children))) faults.push(`${kill.point}: it left processes behind`)
  return { point: kill.point, hit, faults }
}

/** Waits for the moment of the kill; true when the program died there by itself, or is to be killed right now. */
function bringToPoint(place: Place, program: Program, kill: Kill): Promise<boolean> {
  switch (kill.point) {
    case "starting":
    case "random":
      return sleep(kill.delayMs, true)
    case "in-commit":
      return killInCommit(program, kill)
    case "on-shutdown":
      return killOnShutdown(place, program, kill)
    default:
      return reach(place, program, kill)
  }
}

function armed({ pass, point }: Kill): { readonly [name: string]: string } {
  if (point === "random" || point === "starting") return {}
  return point === "in-commit" ? { FAIL_TELL: `before-commit:${pass}` } : { FAIL_AT: `${point}:${pass}` }
}

/** Waits until the program has killed itself. The way to `mid-apply` leads over an apply. */
async function reach(place: Place, program: Program, { point }: Kill): Promise<boolean> {
  if (point === "mid-apply") {
    if (!(await place.isReady(program, true))) return false
    await place.apply()
  }
  const ended = await program.endedWithin(pointPatienceMs)
  return ended?.signal === "SIGKILL"
}

/** Kills when the program has told that it commits; it was a hit when it did not come to tell of the acknowledgement. */
async function killInCommit(program: Program, { delayMs }: Kill): Promise<boolean> {
  if (!(await program.tells("failpoint before-commit", pointPatienceMs))) return false
  const end = performance.now() + delayMs
  // A timer is too coarse, and gives way to other work.
  while (performance.now() < end) continue
  program.signal("SIGKILL")
  const { errors } = await program.ended
  return !errors.slice(errors.indexOf("failpoint before-commit")).includes("failpoint after-commit")
}

async function killOnShutdown(place: Place, program: Program, { delayMs }: Kill): Promise<boolean> {
  if (!(await place.isReady(program, false))) return false
  await sleep(Math.min(delayMs, maxShutdownDelayMs))
  program.signal("SIGTERM")
  const ended = await program.endedWithin(pointPatienceMs)
  return ended?.signal === "SIGKILL"
}
