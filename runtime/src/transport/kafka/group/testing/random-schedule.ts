import { setTimeout as delay } from "node:timers/promises"
import type { AssignableUnit } from "../assign-units.ts"
import { unheld, until } from "./crew.ts"
import type { Crew, CrewWorker } from "./crew.ts"

/** A repeatable stream of numbers in [0, 1): mulberry32. */
const randomOf = (start: number): (() => number) => {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface ScheduleOptions {
  readonly seed: number
  readonly steps: number
  /** Of the session, which a worker's standing still may outlast. */
  readonly sessionMs: number
  readonly patienceMs: number
}

const mostWorkers = 4

/**
 * Workers come and go, are killed and stand still, and work comes and goes, each worker hearing of it in its own time. Answers what
 * happened; rejects where in the end not everything offered is held by exactly one.
 */
export async function runSchedule(crew: Crew, options: ScheduleOptions): Promise<readonly string[]> {
  const random = randomOf(options.seed)
  const below = (bound: number): number => Math.floor(random() * bound)
  const units = new Map<string, AssignableUnit>()
  const live = new Set<CrewWorker>()
  const told: string[] = []
  let count = 0
  const anyOf = <A>(values: Iterable<A>): A | undefined => {
    const all = [...values]
    return all[below(all.length)]
  }
  const offerTo = (worker: CrewWorker): Promise<void> => worker.offer([...units.values()])
  const join = async (): Promise<void> => {
    if (live.size >= mostWorkers) return
    const worker = await crew.add(`w${(count += 1)}`)
    live.add(worker)
    // Its work is known a little later.
    await delay(below(200))
    await offerTo(worker)
  }
  const end = async (how: "close" | "kill"): Promise<void> => {
    const worker = anyOf(live)
    if (worker === undefined || live.size === 1) return
    live.delete(worker)
    await worker[how]()
  }
  const stand = async (): Promise<void> => {
    const worker = anyOf(live)
    worker?.gate.shut()
    await delay(below(options.sessionMs * 2))
    worker?.gate.open()
  }
  const offer = async (): Promise<void> => {
    const chain = `c${below(6)}`
    for (let index = below(6); index >= 0; index -= 1)
      units.set(`${chain}/${index}`, { id: `${chain}/${index}`, chain })
    for (const worker of live) {
      await offerTo(worker)
      await delay(below(60))
    }
  }
  const withdraw = async (): Promise<void> => {
    const gone = [...units.keys()].filter(() => random() < 0.4)
    for (const id of gone) units.delete(id)
    for (const worker of live) {
      await worker.withdraw(gone)
      await delay(below(60))
    }
  }
  const steps: readonly (readonly [string, () => Promise<void>])[] = [
    ["join", join],
    ["join", join],
    ["close", () => end("close")],
    ["kill", () => end("kill")],
    ["stand", stand],
    ["offer", offer],
    ["offer", offer],
    ["withdraw", withdraw]
  ]
  await join()
  await offer()
  for (let step = 0; step < options.steps; step += 1) {
    const [name, run] = steps[below(steps.length)] ?? ["join", join]
    told.push(name)
    await run()
    await delay(below(300))
  }
  for (const worker of live) await offerTo(worker)
  const all = [...units.values()]
  const tookMs = await until(() => unheld(crew, all), options.patienceMs)
  return [...told, `${live.size} workers, ${all.length} units, at rest after ${Math.round(tookMs)} ms`]
}
