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
  const size = bytes.length
  let hash = (murmurSeed ^ size) | 0
  let at = 0
  for (; at + 4 <= size; at += 4) {
    let word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
    word = imulOf(word, murmurMultiplier)
    word = imulOf(word ^ (word >>> 24), murmurMultiplier)
    hash = imulOf(hash, murmurMultiplier) ^ word
  }
  const rest = size - at
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
