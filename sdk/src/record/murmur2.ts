import { imulOf } from "./built-ins.ts"

/**
 * The hash that decides a record's partition: murmur2 with Kafka's seed, as in `org.apache.kafka.common.utils.Utils`.
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */

const murmurSeed = 0x9747b28c
const murmurMultiplier = 0x5bd1e995
const noKeyBytes = new Uint8Array(0)

/** murmur2 of the bytes as a signed 32-bit integer, equal to Kafka's. */
export function murmur2(bytes: Uint8Array): number {
  return murmur2Of(bytes, 0, bytes.length)
}

/** The same of `bytes[start, end)`. */
function murmur2Of(bytes: Uint8Array, start: number, end: number): number {
  const size = end - start
  let hash = (murmurSeed ^ size) | 0
  let at = start
  for (; at + 4 <= end; at += 4) {
    let word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
    word = imulOf(word, murmurMultiplier)
    word = imulOf(word ^ (word >>> 24), murmurMultiplier)
    hash = imulOf(hash, murmurMultiplier) ^ word
  }
  const rest = end - at
  if (rest > 2) hash ^= bytes[at + 2] << 16
  if (rest > 1) hash ^= bytes[at + 1] << 8
  if (rest > 0) hash = imulOf(hash ^ bytes[at], murmurMultiplier)
  hash = imulOf(hash ^ (hash >>> 13), murmurMultiplier)
  return hash ^ (hash >>> 15)
}

/** The partition, from 0 below `partitions`, of a record with these key bytes; a null key takes that of no bytes. */
export function partitionOf(key: Uint8Array | null, partitions: number): number {
  return (murmur2(key === null ? noKeyBytes : key) & 0x7fffffff) % partitions
}

/** The same of the key `bytes[start, end)`; a null key begins below 0. */
export function partitionOfSpan(bytes: Uint8Array, start: number, end: number, partitions: number): number {
  const hash = start < 0 ? murmur2(noKeyBytes) : murmur2Of(bytes, start, end)
  return (hash & 0x7fffffff) % partitions
}
