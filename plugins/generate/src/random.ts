/**
 * A number from 0 (inclusive) to 1 (exclusive) that its four numbers give, everywhere and always the same: MurmurHash3's
 * mixing (https://github.com/aappleby/smhasher, public domain) of their 32-bit halves, twice.
 */
export const randomOf = (seed: number, partition: number, n: number, field: number): number => {
  const high = mixed(0x9747b28c, seed, partition, n, field) >>> 5
  const low = mixed(0x3c6ef372, seed, partition, n, field) >>> 6
  return (high * 2 ** 26 + low) / 2 ** 53
}

const mixed = (start: number, ...numbers: readonly number[]): number => {
  let hash = start
  for (const number of numbers) {
    hash = round(hash, number)
    hash = round(hash, Math.floor(number / 2 ** 32))
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

const round = (hash: number, number: number): number => {
  const scrambled = Math.imul(number, 0xcc9e2d51)
  const turned = hash ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593)
  return Math.imul((turned << 13) | (turned >>> 19), 5) + 0xe6546b64
}
