/** Base64 with the standard alphabet and padding (RFC 4648 §4), strict: no other characters, no bits left over. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

const digits: ReadonlyMap<string, number> = new Map(Array.from(alphabet, (digit, value) => [digit, value]))

export function toBase64(bytes: Uint8Array): string {
  let text = ""
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at
    const group = (bytes[at] << 16) | ((left > 1 ? bytes[at + 1] : 0) << 8) | (left > 2 ? bytes[at + 2] : 0)
    text += alphabet[group >> 18] + alphabet[(group >> 12) & 63]
    text += (left > 1 ? alphabet[(group >> 6) & 63] : "=") + (left > 2 ? alphabet[group & 63] : "=")
  }
  return text
}

/** Undefined when the text is not base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  let place = 0
  for (let at = 0; at < text.length; at += 4) {
    const filled = at + 4 === text.length ? 4 - padding : 4
    let group = 0
    for (let i = 0; i < 4; i++) {
      const digit = i < filled ? digits.get(text[at + i]) : 0
      if (digit === undefined) return undefined
      group = (group << 6) | digit
    }
    for (let shift = 16; shift >= 24 - 8 * (filled - 1); shift -= 8) bytes[place++] = (group >> shift) & 255
    if (filled < 4 && (group & (filled === 3 ? 0xff : 0xffff)) !== 0) return undefined
  }
  return bytes
}
