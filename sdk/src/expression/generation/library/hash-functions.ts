import { libraryFunction, type Library } from "./library-function.ts"

/** RFC 1321 (MD5) and FIPS 180-4 (SHA), as lower-case hexadecimal digits. Constants are computed as the standards define them. */
export const hashFunctions: Library = {
  // Message, one 1 bit, zeros, length: in blocks of 64 or 128 bytes.
  paddedBlocks: libraryFunction(`
function paddedBlocks(bytes, block, little) {
  const size = Math.ceil((bytes.length + 1 + block / 8) / block) * block
  const padded = new Uint8Array(size)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  const bits = bytes.length * 8
  const high = Math.floor(bits / 4294967296)
  view.setUint32(size - (little ? 8 : 4), bits >>> 0, little)
  view.setUint32(size - (little ? 4 : 8), high, little)
  return view
}`),
  hex32: libraryFunction(
    `const hex32 = (words) => Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("")`
  ),
  md5: libraryFunction(
    `
const md5Constants = Int32Array.from({ length: 64 }, (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 4294967296) | 0)
function md5(bytes) {
  const turns = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
  const view = paddedBlocks(bytes, 64, true)
  let a = 0x67452301, b = 0xefcdab89 | 0, c = 0x98badcfe | 0, d = 0x10325476
  for (let block = 0; block < view.byteLength; block += 64) {
    const [a0, b0, c0, d0] = [a, b, c, d]
    for (let step = 0; step < 64; step++) {
      const round = step >> 4
      const mix = round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d)
      const word = (round === 0 ? step : round === 1 ? 5 * step + 1 : round === 2 ? 3 * step + 5 : 7 * step) & 15
      const sum = (a + mix + md5Constants[step] + view.getInt32(block + 4 * word, true)) | 0
      const turn = turns[4 * round + (step & 3)]
      a = d
      d = c
      c = b
      b = (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0
    }
    a = (a + a0) | 0
    b = (b + b0) | 0
    c = (c + c0) | 0
    d = (d + d0) | 0
  }
  const out = new DataView(new ArrayBuffer(16))
  const state = [a, b, c, d]
  for (let index = 0; index < 4; index++) out.setInt32(4 * index, state[index], true)
  return hex32([0, 4, 8, 12].map((at) => out.getUint32(at)))
}`,
    "paddedBlocks",
    "hex32"
  ),
  sha1: libraryFunction(
    `
function sha1(bytes) {
  const view = paddedBlocks(bytes, 64, false)
  const words = new Int32Array(80)
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0)
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let step = 0; step < 16; step++) words[step] = view.getInt32(block + 4 * step)
    for (let step = 16; step < 80; step++) {
      const word = words[step - 3] ^ words[step - 8] ^ words[step - 14] ^ words[step - 16]
      words[step] = (word << 1) | (word >>> 31)
    }
    let [a, b, c, d, e] = state
    for (let step = 0; step < 80; step++) {
      const mix = step < 20 ? ((b & c) | (~b & d)) + 0x5a827999 : step < 40 ? (b ^ c ^ d) + 0x6ed9eba1 : step < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc : (b ^ c ^ d) + 0xca62c1d6
      const next = (((a << 5) | (a >>> 27)) + mix + e + words[step]) | 0
      e = d
      d = c
      c = (b << 30) | (b >>> 2)
      b = a
      a = next
    }
    state[0] += a
    state[1] += b
    state[2] += c
    state[3] += d
    state[4] += e
  }
  return hex32(state)
}`,
    "paddedBlocks",
    "hex32"
  ),
  // The first 64 bits of the fractions of the roots of the first primes.
  primeRoots: libraryFunction(`
const primeRoots = (() => {
  const primes = []
  for (let number = 2; primes.length < 80; number++) if (primes.every((prime) => number % prime !== 0)) primes.push(number)
  const root = (value, degree) => {
    let low = 0n, high = 1n << 80n
    while (high - low > 1n) {
      const middle = (low + high) >> 1n
      if (middle ** degree <= value) low = middle
      else high = middle
    }
    return BigInt.asUintN(64, low)
  }
  return {
    square: primes.slice(0, 16).map((prime) => root(BigInt(prime) << 128n, 2n)),
    cube: primes.map((prime) => root(BigInt(prime) << 192n, 3n))
  }
})()`),
  sha256: libraryFunction(
    `
const sha256Constants = Int32Array.from(primeRoots.cube.slice(0, 64), (root) => Number(root >> 32n) | 0)
function sha256(bytes, short) {
  const view = paddedBlocks(bytes, 64, false)
  const words = new Int32Array(64)
  const roots = short ? primeRoots.square.slice(8).map((root) => BigInt.asUintN(32, root)) : primeRoots.square.slice(0, 8).map((root) => root >> 32n)
  const state = Int32Array.from(roots, (root) => Number(root) | 0)
  const turn = (value, by) => (value >>> by) | (value << (32 - by))
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let step = 0; step < 16; step++) words[step] = view.getInt32(block + 4 * step)
    for (let step = 16; step < 64; step++) {
      const one = words[step - 15], other = words[step - 2]
      words[step] = words[step - 16] + words[step - 7] + (turn(one, 7) ^ turn(one, 18) ^ (one >>> 3)) + (turn(other, 17) ^ turn(other, 19) ^ (other >>> 10))
    }
    let [a, b, c, d, e, f, g, h] = state
    for (let step = 0; step < 64; step++) {
      const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + sha256Constants[step] + words[step]) | 0
      const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
      h = g
      g = f
      f = e
      e = (d + first) | 0
      d = c
      c = b
      b = a
      a = (first + second) | 0
    }
    const added = [a, b, c, d, e, f, g, h]
    for (let index = 0; index < 8; index++) state[index] += added[index]
  }
  return hex32(short ? state.slice(0, 7) : state)
}`,
    "paddedBlocks",
    "primeRoots",
    "hex32"
  ),
  sha512: libraryFunction(
    `
function sha512(bytes, short) {
  const view = paddedBlocks(bytes, 128, false)
  const words = new BigUint64Array(80)
  const wide = (value) => BigInt.asUintN(64, value)
  const state = BigUint64Array.from(short ? primeRoots.square.slice(8) : primeRoots.square.slice(0, 8))
  const turn = (value, by) => (value >> by) | wide(value << (64n - by))
  for (let block = 0; block < view.byteLength; block += 128) {
    for (let step = 0; step < 16; step++) words[step] = view.getBigUint64(block + 8 * step)
    for (let step = 16; step < 80; step++) {
      const one = words[step - 15], other = words[step - 2]
      words[step] = words[step - 16] + words[step - 7] + (turn(one, 1n) ^ turn(one, 8n) ^ (one >> 7n)) + (turn(other, 19n) ^ turn(other, 61n) ^ (other >> 6n))
    }
    let [a, b, c, d, e, f, g, h] = state
    for (let step = 0; step < 80; step++) {
      const first = h + (turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n)) + ((e & f) ^ (wide(~e) & g)) + primeRoots.cube[step] + words[step]
      const second = (turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c))
      h = g
      g = f
      f = e
      e = wide(d + first)
      d = c
      c = b
      b = a
      a = wide(first + second)
    }
    const added = [a, b, c, d, e, f, g, h]
    for (let index = 0; index < 8; index++) state[index] += added[index]
  }
  return Array.from(short ? state.slice(0, 6) : state, (word) => word.toString(16).padStart(16, "0")).join("")
}`,
    "paddedBlocks",
    "primeRoots"
  ),
  hash: libraryFunction(
    `
function hash(bytes, name) {
  if (name === 0) return md5(bytes)
  if (name === 1) return sha1(bytes)
  if (name === 224 || name === 256) return sha256(bytes, name === 224)
  return name === 384 || name === 512 ? sha512(bytes, name === 384) : null
}`,
    "md5",
    "sha1",
    "sha256",
    "sha512"
  ),
  sha2: libraryFunction(`const sha2 = (bytes, bits) => bits < 2 ? null : hash(bytes, bits)`, "hash")
}
