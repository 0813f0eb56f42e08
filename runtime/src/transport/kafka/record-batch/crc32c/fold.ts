import { foldModule } from "./fold-module.ts"

/**
 * Folding a CRC-32C. A message is a polynomial over GF(2) of which the CRC is the remainder by Castagnoli's P. P divides
 * x^209 + x^144 + x^54 + x^39 + x^14 + 1, the multiple of six terms with the least degree; so, squaring seven times, it divides
 * the same in y = x^128, a word of 16 bytes. A word may therefore be taken out of the message if it is added (XOR) to the words
 * that follow it at the distances 209 - 144, 209 - 54, 209 - 39, 209 - 14 and 209: the remainder stays. All words but the last
 * 209 are taken out so, at five XORs of vectors each, and tables are left a message that is always short. After Chorba (Kadatch
 * and others, 2024), with the distances of this polynomial.
 */
export const foldDistances = [65, 155, 170, 195, 209] as const

/** WebAssembly as it is used here: TypeScript declares it for browsers alone. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer }
      /** For every word from `at` until `end`, places in bytes: adds those at the distances before it to the word `shift` bytes behind it. */
      readonly fold: (at: number, end: number, shift: number) => void
    }
  }
}

const wordBytes = 16
/** Words that the compiled loop takes in one step: less than the least distance. */
const stepWords = 4
const stepBytes = stepWords * wordBytes
/** The words before the first that is folded: as far as one of them reaches. */
const reachBytes = 209 * wordBytes
/** The words that stay, in whole steps. */
const lastBytes = 212 * wordBytes
const pieceBytes = 32_768
/** Below it the tables are faster. */
export const leastFoldedBytes = 8_192

const { fold, memory } = new WebAssembly.Instance(
  new WebAssembly.Module(foldModule({ distances: foldDistances, stepWords, reachBytes }))
).exports
const bytes = new Uint8Array(memory.buffer)

/**
 * Folds `source[start, end)`, at least {@link leastFoldedBytes}; answers a few thousand bytes of the same CRC, which are there until the
 * next call.
 */
export function foldWords(source: Uint8Array, start: number, end: number): Uint8Array {
  const foldedEnd = start + Math.floor((end - start - lastBytes) / stepBytes) * stepBytes
  bytes.fill(0, 0, reachBytes)
  for (let at = start; at < foldedEnd; at += pieceBytes) {
    const size = Math.min(pieceBytes, foldedEnd - at)
    bytes.set(source.subarray(at, at + size), reachBytes)
    if (at === start) invertFirst(reachBytes)
    fold(reachBytes, reachBytes + size, 0)
    bytes.copyWithin(0, size, size + reachBytes)
  }
  // The last words take in those before them, and nothing of each other: zeros stand where they would be.
  const rest = reachBytes + lastBytes
  bytes.fill(0, reachBytes, rest)
  bytes.set(source.subarray(foldedEnd, end), rest)
  fold(reachBytes, rest, lastBytes)
  invertFirst(rest)
  return bytes.subarray(rest, rest + end - foldedEnd)
}

/** A CRC begins with a register of ones, which is as if the first four bytes were inverted: these take it up, and give it back. */
function invertFirst(at: number): void {
  for (let i = at; i < at + 4; i++) bytes[i]! ^= 0xff
}
