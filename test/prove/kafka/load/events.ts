/** Keys of the events, and what they are regrouped by: keys of a group lie in many partitions. */
export const keyCount = 1_000
export const groupCount = 40

export interface Event {
  readonly key: string
  readonly seq: number
  /** `fold` fails in the node of that name, after it has set its state. */
  readonly fate: "pass" | "fold"
  readonly payload: string
}

/** What of a key was folded up to a record: how many, and the chain of all sequence numbers and payloads in their order. */
export interface Fold {
  readonly count: number
  readonly trail: number
}

/** A whole number below 2^32 that depends on all parts and their order. Thomas Mueller's integer hash, chained. */
export function mixed(...parts: readonly number[]): number {
  let hash = 0
  for (const part of parts) {
    hash = Math.imul((hash ^ part ^ 0x9e37_79b9) >>> 0, 0x45d9_f3b)
    hash = Math.imul((hash ^ (hash >>> 16)) >>> 0, 0x45d9_f3b)
    hash = (hash ^ (hash >>> 16)) >>> 0
  }
  return hash
}

/** The nth event of a seed: rounds over all keys, each round in an order that the seed turns. One of 1,000 is poison. */
export function eventAt(seed: number, n: number): Event {
  const seq = Math.floor(n / keyCount)
  const key = (n * 17 + mixed(seed, seq)) % keyCount
  const draw = mixed(seed, key, seq)
  const payload = draw.toString(36).repeat(1 + (draw % 16))
  return { key: `k${key}`, seq, fate: draw % 1_000 === 0 ? "fold" : "pass", payload }
}

export const nothingFolded: Fold = { count: 0, trail: 0 }

export function foldedWith({ count, trail }: Fold, { payload, seq }: Pick<Event, "payload" | "seq">): Fold {
  return { count: count + 1, trail: mixed(trail, seq, textHash(payload)) }
}

export function groupOf(key: string): string {
  return `g${Number(key.slice(1)) % groupCount}`
}

/** What a record adds to its group's sum, in whatever order the keys come. */
export function weightOf(key: string, { trail }: Fold): number {
  return mixed(Number(key.slice(1)), trail)
}

/** Below 2^32 again. */
export function summed(sum: number, weight: number): number {
  return (sum + weight) >>> 0
}

function textHash(text: string): number {
  let hash = 0
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193) >>> 0
  return hash
}
