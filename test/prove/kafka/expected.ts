import { eventAt, foldedWith, groupOf, nothingFolded, summed, weightOf } from "./load/events.ts"
import type { Fold } from "./load/events.ts"

/** A record of the fold, as it is in the output beside its group's count and sum. */
export interface Folded extends Fold {
  readonly seq: number
}

export interface Sum {
  readonly n: number
  readonly sum: number
}

/** What the first `events` events of a seed must leave, by arithmetic alone. */
export interface Expected {
  readonly events: number
  /** By key, in order. */
  readonly folded: ReadonlyMap<string, readonly Folded[]>
  readonly sums: ReadonlyMap<string, Sum>
  /** Dead letters as `fold KEY:SEQ`. */
  readonly dead: ReadonlySet<string>
}

export function expectedOf(seed: number, events: number): Expected {
  const folded = new Map<string, Folded[]>()
  const sums = new Map<string, Sum>()
  const dead = new Set<string>()
  const states = new Map<string, Fold>()
  for (let n = 0; n < events; n++) {
    const event = eventAt(seed, n)
    const { fate, key, seq } = event
    if (fate === "fold") {
      dead.add(`fold ${key}:${seq}`)
      continue
    }
    const next = foldedWith(states.get(key) ?? nothingFolded, event)
    states.set(key, next)
    const own = folded.get(key)
    if (own === undefined) folded.set(key, [{ seq, ...next }])
    else own.push({ seq, ...next })
    const group = groupOf(key)
    const last = sums.get(group) ?? { n: 0, sum: 0 }
    sums.set(group, { n: last.n + 1, sum: summed(last.sum, weightOf(key, next)) })
  }
  return { events, folded, sums, dead }
}

/** How many of the first events come through. */
export function passedOf(seed: number, events: number): number {
  let passed = 0
  for (let n = 0; n < events; n++) if (eventAt(seed, n).fate === "pass") passed += 1
  return passed
}
