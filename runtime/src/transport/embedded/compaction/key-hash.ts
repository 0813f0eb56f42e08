/**
 * HalfSipHash-2-4 with 64 bits of output (Aumasson and Bernstein, https://github.com/veorq/SipHash): who does not know the
 * secret cannot make two keys with the same hash. Words are little-endian; `into[at]` and the one after it take the hash of
 * `bytes[start, end)`, `secret[at]` and the one after it are the secret.
 */
export function halfSipHash(
  bytes: Uint8Array,
  start: number,
  end: number,
  { at, into, secret }: { readonly secret: Uint32Array; readonly into: Uint32Array; readonly at: number }
): void {
  const secret0 = secret[at] ?? 0
  const secret1 = secret[at + 1] ?? 0
  let v0 = secret0 | 0
  let v1 = secret1 ^ 0xee
  let v2 = secret0 ^ 0x6c79_6765
  let v3 = secret1 ^ 0x7465_6462
  const last = (end - start) >>> 2
  // Each word, the last with the length, and then twice nothing: the two halves of the output.
  for (let place = 0; place <= last + 2; place++) {
    const isWord = place <= last
    const word = isWord ? wordAt(bytes, start + 4 * place, end, start) : 0
    v3 ^= word
    if (place === last + 1) v2 ^= 0xee
    if (place === last + 2) v1 ^= 0xdd
    for (let rounds = isWord ? 2 : 4; rounds > 0; rounds--) {
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
    }
    v0 ^= word
    if (!isWord) into[at + place - last - 1] = v1 ^ v3
  }
}

/** Four bytes; of the last word those that are left, and the length in its highest byte. */
function wordAt(bytes: Uint8Array, at: number, end: number, start: number): number {
  if (end - at >= 4)
    return (
      (bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24)
    )
  let word = (end - start) << 24
  for (let byte = 0; at + byte < end; byte++) word |= (bytes[at + byte] ?? 0) << (8 * byte)
  return word
}
