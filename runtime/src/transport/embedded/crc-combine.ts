/** CRC-32 (IEEE 802.3), bits reflected. */
const polynomial = 0xedb8_8320

/** x^(2^n) modulo the polynomial, the highest power in the lowest bit. */
const powers: readonly number[] = (() => {
  const found = [1 << 30]
  for (let n = 1; n < 32; n++) found.push(multiply(found[n - 1] ?? 0, found[n - 1] ?? 0))
  return found
})()

/**
 * CRC-32 of bytes that follow each other, from those of both parts: `second` is that of the last `secondBytes`. So that what is
 * covered twice is looked through once (`crc32_combine` of zlib).
 */
export function combineCrc(first: number, second: number, secondBytes: number): number {
  let shift = 1 << 31
  for (let left = secondBytes, n = 3; left > 0; left >>>= 1, n++)
    if ((left & 1) === 1) shift = multiply(powers[n & 31] ?? 0, shift)
  return (multiply(shift, first) ^ second) >>> 0
}

/** Product of two polynomials modulo that of the CRC. */
function multiply(one: number, other: number): number {
  let product = 0
  let rest = other
  for (let bit = 1 << 31; bit !== 0; bit >>>= 1) {
    if ((one & bit) !== 0) product ^= rest
    rest = (rest & 1) === 0 ? rest >>> 1 : (rest >>> 1) ^ polynomial
  }
  return product
}
