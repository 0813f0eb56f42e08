import { carryOut } from "./carry-out.ts"
import { check } from "./check.ts"
import { expectedOf, passedOf } from "./expected.ts"
import type { Fault } from "./fault-plan.ts"
import { Scene } from "./scene.ts"
import type { SceneOptions } from "./scene.ts"

/** One run over all the events, with faults on the way. */
export interface Run extends SceneOptions {
  readonly events: number
  readonly faults: readonly Fault[]
  /** How many of the faults an earlier run has carried out, in this folder. */
  readonly done?: number
  /** Seconds without a record that came out, for something to be wrong; default: 180. */
  readonly patience?: number
  /** Told after each. */
  readonly onFault?: (number: number, what: string, faults: readonly string[]) => void
}

/** What a run came to. */
export interface RunResult {
  /** What went wrong on the way; empty where nothing did. */
  readonly course: readonly string[]
  /** What the checker found. */
  readonly checked: readonly string[]
  readonly digest: string
  readonly seconds: number
  /** Events of this run, and seconds, before the first fault. */
  readonly undisturbed: { readonly events: number; readonly seconds: number }
}

/** A session, an open transaction, and a start on a busy machine. */
const usualPatience = 180

export const runOnKafka = async (run: Run): Promise<RunResult> => {
  const { done = 0, events, faults, onFault, patience = usualPatience, seed } = run
  const scene = await Scene.open(run)
  try {
    const begun = performance.now()
    if (done > 0) await scene.countWritten()
    const shares = faults.length + 1
    const endOf = (number: number): number => Math.round((events * (number + 1)) / shares)
    const goesOn = (): Promise<boolean> => scene.untilSeen(passedOf(seed, scene.written), 0, patience)
    const found: string[] = []
    const first = { events: endOf(0), began: performance.now() }
    if (done === 0) await scene.write(first.events)
    if (!(await goesOn())) found.push("it did not begin")
    const undisturbed = { events: first.events, seconds: (performance.now() - first.began) / 1_000 }
    for (const [number, fault] of faults.entries()) {
      if (number < done) continue
      const [from, to] = [scene.written, Math.max(scene.written, endOf(number + 1))]
      const carried = await carryOut(scene, fault, {
        write: (share) => scene.write(Math.round(from + (to - from) * share)),
        goesOn
      })
      found.push(...carried.faults)
      onFault?.(number, carried.what, carried.faults)
      // What does not go on is told, and not waited for again and again.
      if (carried.faults.length > 0) break
    }
    if (found.length === 0) await scene.write(events)
    const expected = expectedOf(seed, scene.written)
    await scene.untilSeen(scene.written - expected.dead.size, expected.dead.size, patience)
    const seconds = (performance.now() - begun) / 1_000
    const { content, faults: left } = await scene.finish()
    const checked = check(content, expected)
    return {
      course: found,
      checked: [...left, ...checked.faults],
      digest: checked.digest,
      seconds,
      undisturbed
    }
  } finally {
    await scene.close()
  }
}
