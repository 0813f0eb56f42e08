/** Source partitions; the keys of partition p are p, p + 8, p + 16, … */
export const sourcePartitionCount = 8
export const keyCount = 1_000
const keysPerPartition = keyCount / sourcePartitionCount

export type Fate = "pass" | "guard" | "count" | "rejected"

/** A whole number below 2^32 that depends on all three. Thomas Mueller's integer hash, chained. */
function mixed(seed: number, key: number, seq: number): number {
  let hash = 0
  for (const part of [seed, key, seq]) {
    hash = Math.imul((hash ^ part ^ 0x9e37_79b9) >>> 0, 0x45d9_f3b)
    hash = Math.imul((hash ^ (hash >>> 16)) >>> 0, 0x45d9_f3b)
    hash = (hash ^ (hash >>> 16)) >>> 0
  }
  return hash
}

/** One record in 333 is poison: a third each by the source, by a stateless and by a keyed processor. */
export function fateOf(seed: number, key: number, seq: number): Fate {
  const draw = mixed(seed, key, seq) % 1_000
  return draw === 0 ? "rejected" : draw === 1 ? "guard" : draw === 2 ? "count" : "pass"
}

/** The nth record of a source partition. Keys come in an order that the seed turns. */
export function recordAt(
  seed: number,
  partition: number,
  n: number
): { readonly key: number; readonly seq: number; readonly fate: Fate } {
  const seq = Math.floor(n / keysPerPartition)
  const place = (n * 17 + mixed(seed, partition, seq)) % keysPerPartition
  const key = partition + sourcePartitionCount * place
  return { key, seq, fate: fateOf(seed, key, seq) }
}

export function recordsPerPartition(perKey: number): number {
  return keysPerPartition * perKey
}

/** The next link of a key's trail. */
export function trailAfter(trail: number, seq: number): number {
  return mixed(trail, seq, 0)
}
