import { killOnce } from "./kill-once.ts"
import type { Killed } from "./kill-once.ts"
import { isEarly } from "./kill-plan.ts"
import type { Kill } from "./kill-plan.ts"
import { Place } from "./place.ts"
import type { CheckerFindings, LoadSize } from "./place.ts"
import { asItIs } from "./program.ts"
import type { ProgramOptions } from "./program.ts"

/** One run of the load from an empty folder to its end, with kills on the way. */
export interface Episode {
  readonly kills: readonly Killed[]
  readonly findings: CheckerFindings
  /** What went wrong beside what the checker found. */
  readonly faults: readonly string[]
}

export interface EpisodeOptions {
  readonly size: LoadSize
  readonly kills: readonly Kill[]
  /** A seeded bug; it is there in every start. */
  readonly program?: ProgramOptions
  readonly onKill?: (killed: Killed) => void
}

const endPatienceMs = 300_000
/** A kill that came too late for its point is a kill; the point is tried again. */
const maxAttempts = 4

/**
 * Runs the kills one after the other, each in a program started anew over the same folder; then one undisturbed to the
 * load's end, and the checker over what is left.
 */
export async function runEpisode({ kills, onKill, program, size }: EpisodeOptions): Promise<Episode> {
  const place = new Place(size)
  try {
    const killed: Killed[] = []
    let isApplied = false
    for (const kill of kills) {
      if (!isApplied && !isEarly(kill.point)) {
        await applyInPeace(place, program)
        isApplied = true
      }
      for (let attempt = 1; attempt <= maxAttempts; attempt++) {
        const one = await killOnce(place, kill, program)
        killed.push(one)
        onKill?.(one)
        // The revision was kept before the kill: the next start must carry it out without being told again.
        isApplied ||= one.hit && one.point === "mid-apply"
        if (one.hit) break
      }
    }
    const faults = [...killed.flatMap((one) => one.faults), ...(await finish(place, program, isApplied))]
    return { kills: killed, findings: await place.check(), faults }
  } finally {
    place.remove()
  }
}

/** Publishes and applies, without an end to the program but by kill -9. */
async function applyInPeace(place: Place, program: ProgramOptions | undefined): Promise<void> {
  const up = place.up(true, program ?? asItIs)
  if (!(await place.isReady(up, true))) throw new Error(`the program did not come up: ${up.errors}`)
  const applied = await place.apply()
  up.signal("SIGKILL")
  await up.ended
  if (applied.code !== 0) throw new Error(`the load could not be applied: ${applied.errors}`)
}

async function finish(
  place: Place,
  program: ProgramOptions | undefined,
  isApplied: boolean
): Promise<readonly string[]> {
  const up = place.up(!isApplied, program ?? asItIs)
  if (!(await place.isReady(up, !isApplied))) return [`the program did not come up: ${up.errors}`]
  const following = place.toEnd()
  const end = await following.endedWithin(endPatienceMs)
  following.signal("SIGKILL")
  const faults = end?.code === 0 ? [] : [`the load did not end: ${end?.errors ?? "time is up"} ${up.errors}`]
  const stopped = await place.down()
  if (stopped.code !== 0) {
    faults.push(`it did not stop: ${stopped.errors}`)
    up.signal("SIGKILL")
  }
  await up.ended
  return faults
}
