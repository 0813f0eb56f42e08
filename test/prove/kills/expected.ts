import { fateOf, keyCount, trailAfter } from "../load/src/sequence.ts"

/** A record of the keyed count, in the stream and in the files. */
export interface Counted {
  readonly key: number
  readonly seq: number
  readonly count: number
  readonly trail: number
}

/** What one run must leave, by arithmetic alone: it follows from the load's seed and size. */
export interface Expected {
  /** By key, in order. */
  readonly counted: ReadonlyMap<number, readonly Counted[]>
  /** Dead letters as `NODE KEY:SEQ`. */
  readonly dead: ReadonlySet<string>
  readonly records: number
}

export function expectedOf(seed: number, perKey: number): Expected {
  const counted = new Map<number, readonly Counted[]>()
  const dead = new Set<string>()
  for (let key = 0; key < keyCount; key++) {
    const own: Counted[] = []
    let trail = 0
    for (let seq = 0; seq < perKey; seq++) {
      const fate = fateOf(seed, key, seq)
      if (fate !== "pass") {
        dead.add(`${fate === "rejected" ? "load" : fate} ${key}:${seq}`)
        continue
      }
      trail = trailAfter(trail, seq)
      own.push({ key, seq, count: own.length + 1, trail })
    }
    counted.set(key, own)
  }
  return { counted, dead, records: keyCount * perKey }
}
