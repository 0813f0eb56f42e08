import { applyTo, fromCharCode } from "./built-ins.ts"

/**
 * Strict UTF-8 (RFC 3629) in plain JavaScript, for the guest has no TextDecoder that could be trusted.
 * Neither direction replaces anything: a lone surrogate or an ill-formed sequence is reported, not turned into U+FFFD.
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */

/** Bytes of `text` as UTF-8; -1 when it holds a lone surrogate. */
export function utf8Length(text: string): number {
  const units = text.length
  let size = units
  for (let i = 0; i < units; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    if (unit < 0x800) {
      size += 1
    } else if (unit < 0xd800 || unit > 0xdfff) {
      size += 2
    } else {
      const next = unit < 0xdc00 && i + 1 < units ? text.charCodeAt(i + 1) : 0
      if (next < 0xdc00 || next > 0xdfff) return -1
      size += 2
      i += 1
    }
  }
  return size
}

/** Writes `text`, which has no lone surrogate, at `at`; answers the place after it. The caller made room. */
export function putUtf8(bytes: Uint8Array, at: number, text: string): number {
  const units = text.length
  let place = at
  for (let i = 0; i < units; i++) {
    let unit = text.charCodeAt(i)
    if (unit < 0x80) {
      bytes[place++] = unit
    } else if (unit < 0x800) {
      bytes[place++] = 0xc0 | (unit >> 6)
      bytes[place++] = 0x80 | (unit & 0x3f)
    } else if (unit < 0xd800 || unit > 0xdfff) {
      bytes[place++] = 0xe0 | (unit >> 12)
      bytes[place++] = 0x80 | ((unit >> 6) & 0x3f)
      bytes[place++] = 0x80 | (unit & 0x3f)
    } else {
      i += 1
      unit = 0x10000 + ((unit & 0x3ff) << 10) + (text.charCodeAt(i) & 0x3ff)
      bytes[place++] = 0xf0 | (unit >> 18)
      bytes[place++] = 0x80 | ((unit >> 12) & 0x3f)
      bytes[place++] = 0x80 | ((unit >> 6) & 0x3f)
      bytes[place++] = 0x80 | (unit & 0x3f)
    }
  }
  return place
}

/** The UTF-8 bytes of `text`; undefined when it holds a lone surrogate. */
export function encodeUtf8(text: string): Uint8Array | undefined {
  const size = utf8Length(text)
  if (size < 0) return undefined
  const bytes = new Uint8Array(size)
  putUtf8(bytes, 0, text)
  return bytes
}

/** Characters that go into one native call at most. */
const mostAtOnce = 64
/**
 * Lists of the characters of one call, by their number: a call takes a whole list fastest. Made when one is needed: they are 27 KiB of
 * each realm. INVARIANT: an element is there before it is set; one that is not is set through Array's prototype, which a plugin may have
 * changed.
 */
const lists: (number[] | undefined)[] = []

for (let units = 0; units <= mostAtOnce; units++) lists[units] = undefined

function listOf(units: number): number[] {
  // prettier-ignore
  const list = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
  ]
  list.length = units
  lists[units] = list
  return list
}

/** The text of `bytes[start, end)`; undefined when that is not well-formed UTF-8. The range must lie within the bytes. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = ""
  for (let i = start; i < end; i += mostAtOnce) {
    const units = end - i < mostAtOnce ? end - i : mostAtOnce
    const list = lists[units] ?? listOf(units)
    let all = 0
    for (let unit = 0; unit < units; unit++) {
      const byte = bytes[i + unit]
      all |= byte
      list[unit] = byte
    }
    if (all > 0x7f) return decodeWide(bytes, i, end, text)
    const part = applyTo(fromCharCode, undefined, list)
    if (units === end - start) return part
    text += part
  }
  return text
}

/** True when `bytes[start, end)` is well-formed UTF-8. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let i = start
  while (i < end) {
    const size = bytes[i] < 0x80 ? 1 : sequenceSize(bytes, i, end)
    if (size === 0) return false
    i += size
  }
  return true
}

/** Continues a text at a byte beyond ASCII. */
function decodeWide(bytes: Uint8Array, start: number, end: number, before: string): string | undefined {
  let text = before
  let i = start
  while (i < end) {
    const first = bytes[i]
    if (first < 0x80) {
      text += fromCharCode(first)
      i += 1
      continue
    }
    const size = sequenceSize(bytes, i, end)
    if (size === 0) return undefined
    if (size === 2) {
      text += fromCharCode(((first & 0x1f) << 6) | (bytes[i + 1] & 0x3f))
    } else if (size === 3) {
      text += fromCharCode(((first & 0x0f) << 12) | ((bytes[i + 1] & 0x3f) << 6) | (bytes[i + 2] & 0x3f))
    } else {
      const middle = ((bytes[i + 1] & 0x3f) << 12) | ((bytes[i + 2] & 0x3f) << 6)
      const scalar = (((first & 0x07) << 18) | middle | (bytes[i + 3] & 0x3f)) - 0x10000
      text += fromCharCode(0xd800 | (scalar >> 10), 0xdc00 | (scalar & 0x3ff))
    }
    i += size
  }
  return text
}

/** Size of the multi-byte sequence at `i`, 2 to 4; 0 when it is ill-formed (RFC 3629 §4, table of well-formed sequences). */
function sequenceSize(bytes: Uint8Array, i: number, end: number): number {
  const first = bytes[i]
  if (first < 0xc2 || first > 0xf4) return 0
  const size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  if (i + size > end) return 0
  const second = bytes[i + 1]
  // Refuses overlong forms (E0, F0), surrogates (ED) and what lies beyond U+10FFFF (F4).
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return 0
  if (size > 2 && (bytes[i + 2] & 0xc0) !== 0x80) return 0
  if (size > 3 && (bytes[i + 3] & 0xc0) !== 0x80) return 0
  return size
}
