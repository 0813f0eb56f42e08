import { libraryFunction, type Library } from "./library-function.ts"

const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

/** Text as bytes and back, without TextEncoder: generated code needs the language only. */
export const bytesFunctions: Library = {
  // Half a surrogate pair becomes U+FFFD.
  utf8Bytes: libraryFunction(`
function utf8Bytes(text) {
  const bytes = new Uint8Array(text.length * 3)
  let length = 0
  for (let index = 0; index < text.length; index++) {
    let point = text.codePointAt(index)
    if (point > 0xffff) index++
    else if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd
    if (point < 0x80) bytes[length++] = point
    else if (point < 0x800) {
      bytes[length++] = 0xc0 | (point >> 6)
      bytes[length++] = 0x80 | (point & 63)
    } else if (point < 0x10000) {
      bytes[length++] = 0xe0 | (point >> 12)
      bytes[length++] = 0x80 | ((point >> 6) & 63)
      bytes[length++] = 0x80 | (point & 63)
    } else {
      bytes[length++] = 0xf0 | (point >> 18)
      bytes[length++] = 0x80 | ((point >> 12) & 63)
      bytes[length++] = 0x80 | ((point >> 6) & 63)
      bytes[length++] = 0x80 | (point & 63)
    }
  }
  return bytes.slice(0, length)
}`),
  // What is no UTF-8 becomes U+FFFD, one for each maximal part, as WHATWG Encoding has it.
  utf8Text: libraryFunction(
    `
function utf8Text(bytes) {
  const units = []
  let index = 0
  while (index < bytes.length) {
    const first = bytes[index++]
    if (first < 0x80) {
      units.push(first)
      continue
    }
    const more = first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : 0
    let point = first & (0x3f >> more)
    let low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
    let high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
    let read = 0
    while (read < more && bytes[index] >= low && bytes[index] <= high) {
      point = (point << 6) | (bytes[index++] & 63)
      low = 0x80
      high = 0xbf
      read++
    }
    if (more === 0 || read < more) units.push(0xfffd)
    else if (point > 0xffff) units.push(0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff))
    else units.push(point)
  }
  return fromUnits(units)
}`,
    "fromUnits"
  ),
  fromUnits: libraryFunction(`
function fromUnits(units) {
  let text = ""
  for (let from = 0; from < units.length; from += 8192) text += String.fromCharCode(...units.slice(from, from + 8192))
  return text
}`),
  // What the character set has not becomes ?. UTF-16 begins with its byte order mark, big end first, as in Java.
  encodeText: libraryFunction(
    `
function encodeText(text, set) {
  if (set === "UTF-8") return utf8Bytes(text)
  if (set === "US-ASCII" || set === "ISO-8859-1") {
    const limit = set === "US-ASCII" ? 0x7f : 0xff
    return Uint8Array.from(Array.from(text), (character) => character.codePointAt(0) <= limit ? character.codePointAt(0) : 63)
  }
  const mark = set === "UTF-16" ? "\\ufeff" : ""
  const units = mark + text
  const bytes = new Uint8Array(units.length * 2)
  const little = set === "UTF-16LE" ? 1 : 0
  for (let index = 0; index < units.length; index++) {
    bytes[2 * index + little] = units.charCodeAt(index) >> 8
    bytes[2 * index + 1 - little] = units.charCodeAt(index) & 255
  }
  return bytes
}`,
    "utf8Bytes"
  ),
  decodeText: libraryFunction(
    `
function decodeText(bytes, set) {
  if (set === "UTF-8") return utf8Text(bytes)
  if (set === "ISO-8859-1") return fromUnits(Array.from(bytes))
  if (set === "US-ASCII") return fromUnits(Array.from(bytes, (byte) => byte < 0x80 ? byte : 0xfffd))
  const mark = set === "UTF-16" ? (bytes[0] << 8) | bytes[1] : 0
  const little = set === "UTF-16LE" || mark === 0xfffe
  const units = []
  for (let index = mark === 0xfffe || mark === 0xfeff ? 2 : 0; index + 1 < bytes.length; index += 2) {
    units.push(little ? bytes[index] | (bytes[index + 1] << 8) : (bytes[index] << 8) | bytes[index + 1])
  }
  return fromUnits(units).toWellFormed()
}`,
    "utf8Text",
    "fromUnits"
  ),
  hexOf: libraryFunction(`
function hexOf(bytes) {
  let text = ""
  for (let index = 0; index < bytes.length; index++) text += (bytes[index] < 16 ? "0" : "") + bytes[index].toString(16)
  return text
}`),
  hexText: libraryFunction(
    `const hexText = (text) => hexOf(utf8Bytes(text)).toUpperCase()`,
    "hexOf",
    "utf8Bytes"
  ),
  hexBytes: libraryFunction(`const hexBytes = (bytes) => hexOf(bytes).toUpperCase()`, "hexOf"),
  // Negative numbers are 64 bits in two's complement, as Java's Long.toHexString.
  toRadix: libraryFunction(
    `const toRadix = (value, radix) => BigInt.asUintN(64, BigInt(value)).toString(radix).toUpperCase()`
  ),
  unhex: libraryFunction(`
function unhex(text) {
  const digits = text.length % 2 === 0 ? text : "0" + text
  if (!/^[0-9A-Fa-f]*$/.test(digits)) return null
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16))
}`),
  toBase64: libraryFunction(`
function toBase64(bytes) {
  const alphabet = "${base64}"
  let text = ""
  for (let index = 0; index < bytes.length; index += 3) {
    const three = (bytes[index] << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0)
    text += alphabet[three >> 18] + alphabet[(three >> 12) & 63]
    text += (index + 1 < bytes.length ? alphabet[(three >> 6) & 63] : "=") + (index + 2 < bytes.length ? alphabet[three & 63] : "=")
  }
  return text
}`),
  textToBase64: libraryFunction(
    `const textToBase64 = (text) => toBase64(utf8Bytes(text))`,
    "toBase64",
    "utf8Bytes"
  ),
  fromBase64: libraryFunction(
    `
function fromBase64(text, at) {
  const digits = text.endsWith("==") ? text.slice(0, -2) : text.endsWith("=") ? text.slice(0, -1) : text
  const padded = digits.length < text.length
  if (!/^[A-Za-z0-9+/]*$/.test(digits) || digits.length % 4 === 1 || (padded && text.length % 4 !== 0)) {
    fail("EXPRESSION_ARGUMENT", at, "FROM_BASE64 was given text that is not Base64")
  }
  const alphabet = "${base64}"
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4))
  let held = 0, bits = 0, length = 0
  for (let index = 0; index < digits.length; index++) {
    held = ((held << 6) | alphabet.indexOf(digits[index])) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[length++] = (held >> bits) & 255
    }
  }
  return utf8Text(bytes)
}`,
    "fail",
    "utf8Text"
  )
}
