import { substringOf } from "../record/built-ins.ts"
import { decodeUtf8 } from "../record/utf8.ts"
import { forgetTexts } from "./runtime-echo.ts"

/**
 * Texts of a frame that is also given as text, a character for each byte: ASCII is cut out of that, a third of the work of making
 * it of its bytes one by one.
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */

/** Below this length V8 copies what is cut out of a text; from here on it holds the whole text. */
const leastHeld = 13
/** So much of a frame is held at most by a text that was cut out of it, or else itself. */
const pieceUnits = 1_024

const nothing = new Uint8Array(0)
const noParts: readonly string[] = []
let source: Uint8Array = nothing
let parts: readonly string[] = noParts
/** Of each part but the last, which may have fewer. */
let partUnits = 1
/** A copy of the frame's text `[pieceStart, pieceEnd)`, which is of one part. */
let piece = ""
let pieceStart = 0
let pieceEnd = 0
let read = 0

/**
 * Begins with a frame: what was remembered of another one is forgotten, for the next may be written over it. Gives it as text,
 * in parts of one length but for the last; none: it is not given. `bytes` is known by its identity. INVARIANT:
 * nobody changes them meanwhile, and no plugin gets hold of a part, which tells more than its contract: no method of a prototype is
 * called on it.
 */
export function giveText(bytes: Uint8Array, text: readonly string[]): void {
  forgetTexts()
  source = text.length === 0 ? nothing : bytes
  parts = text
  partUnits = text.length === 0 ? 1 : text[0].length
  piece = ""
  pieceStart = 0
  pieceEnd = 0
}

/** Lets go of what was given. Answers how many bytes were read as text since this was asked last. */
export function endText(): number {
  const bytes = read
  giveText(nothing, noParts)
  read = 0
  return bytes
}

/** As `decodeUtf8`; `view` spans `bytes`. */
export function readText(bytes: Uint8Array, view: DataView, start: number, end: number): string | undefined {
  // A small integer for ever, also where nobody asks for it.
  read = (read + end - start) | 0
  if (bytes === source && isAscii(view, start, end)) {
    if (start >= pieceStart && end <= pieceEnd)
      return substringOf(piece, start - pieceStart, end - pieceStart)
    const part = (start / partUnits) | 0
    if (part < parts.length && end <= (part + 1) * partUnits)
      return cut(parts[part], part * partUnits, start, end)
  }
  return decodeUtf8(bytes, start, end)
}

/** Out of the part that begins at `from`. */
function cut(part: string, from: number, start: number, end: number): string {
  if (end - start < leastHeld) return substringOf(part, start - from, end - from)
  const most = end - start > pieceUnits ? end : start + pieceUnits
  pieceStart = start
  pieceEnd = most - from < part.length ? most : from + part.length
  // What is cut out of two texts that were joined is cut out of their copy.
  piece = substringOf("." + substringOf(part, start - from, pieceEnd - from), 1, pieceEnd - start + 1)
  return substringOf(piece, 0, end - start)
}

function isAscii(view: DataView, start: number, end: number): boolean {
  let all = 0
  let at = start
  for (; at + 16 <= end; at += 16)
    all |= view.getInt32(at) | view.getInt32(at + 4) | view.getInt32(at + 8) | view.getInt32(at + 12)
  for (; at + 4 <= end; at += 4) all |= view.getInt32(at)
  for (; at < end; at++) all |= view.getUint8(at)
  return (all & 0x80808080) === 0
}
