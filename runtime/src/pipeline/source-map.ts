import type { LineCounter } from "yaml"
import type { Finding, Path, Problem } from "./problem.ts"
import { formatPath } from "./problem.ts"
import type { Stretch } from "./variables.ts"
import { type Place, pointerOf } from "./yaml-tree.ts"

/** Gives findings their place in the text of the pipeline file. */
export interface SourceMap {
  readonly problem: (finding: Finding) => Problem
}

/** For a pipeline without a text: paths only. */
export const withoutText: SourceMap = {
  problem: (finding) => ({
    code: finding.code,
    message: finding.message,
    path: formatPath(finding.path),
    remedy: finding.remedy
  })
}

export interface SourceText {
  readonly text: string
  readonly lines: LineCounter
  readonly places: ReadonlyMap<string, Place>
  readonly stretches: ReadonlyMap<string, readonly Stretch[]>
}

export const makeSourceMap = (source: SourceText): SourceMap => ({
  problem: (finding) => {
    const placed = { ...finding, path: writtenPath(source, finding.path) }
    const offset = finding.textOffset ?? locate(source, placed)
    const { line, col } = source.lines.linePos(Math.max(0, Math.min(offset, source.text.length)))
    return { ...withoutText.problem(placed), line: Math.max(line, 1), column: Math.max(col, 1) }
  }
})

/** Canonical form has lists where the text may have a single value: `from: movies` is `from[0]`. */
const writtenPath = (source: SourceText, path: Path): Path =>
  typeof path.at(-1) === "number" && !source.places.has(pointerOf(path)) ? path.slice(0, -1) : path

const locate = (source: SourceText, finding: Finding): number => {
  const place = source.places.get(pointerOf(finding.path))
  if (place === undefined) return nearestParent(source, finding.path)
  if (finding.at === "key") return place.key ?? place.start
  if (finding.offset === undefined || place.scalar === undefined) return place.start
  const written = writtenOffset(source.stretches.get(pointerOf(finding.path)), finding.offset)
  return offsetInScalar(source.text, place, place.scalar, written)
}

/** A path that is not in the text (a missing key, a default): the nearest thing around it that is. */
const nearestParent = (source: SourceText, path: Path): number => {
  for (let length = path.length - 1; length >= 0; length--) {
    const place = source.places.get(pointerOf(path.slice(0, length)))
    if (place !== undefined) return place.scalar === undefined ? (place.key ?? place.start) : place.start
  }
  return 0
}

/** Offset in the string before its variables were filled in. */
const writtenOffset = (stretches: readonly Stretch[] | undefined, offset: number): number => {
  if (stretches === undefined) return offset
  const stretch = stretches.find((candidate) => offset < candidate.end) ?? stretches.at(-1)
  if (stretch === undefined) return 0
  return stretch.variable ? stretch.written : stretch.written + (offset - stretch.start)
}

type Written = NonNullable<Place["scalar"]>

const offsetInScalar = (text: string, place: Place, scalar: Written, offset: number): number => {
  if (scalar.style === "double") return offsetInDouble(text, place, scalar.text, offset)
  const quoted = scalar.style === "single"
  const from = scalar.style === "block" ? afterHeader(text, place.start) : place.start + (quoted ? 1 : 0)
  return alignedOffset({ text, from, end: place.end, quoted }, scalar.text, offset)
}

const afterHeader = (text: string, start: number): number => {
  const end = text.indexOf("\n", start)
  return end === -1 ? start : end + 1
}

const isBlank = (unit: string): boolean => unit === " " || unit === "\t" || unit === "\n" || unit === "\r"

interface Span {
  readonly text: string
  readonly from: number
  readonly end: number
  /** In single quotes, where a quote is written twice. */
  readonly quoted: boolean
}

/**
 * Plain, single-quoted and block text differ from what they say by blanks (indentation, folded lines) and doubled quotes
 * only: so all else occurs in the same order in both.
 */
const alignedOffset = (written: Span, value: string, offset: number): number => {
  const { text, from, end } = written
  let at = from
  for (let index = 0; index < Math.min(offset, value.length); index++) {
    const unit = value[index]!
    if (isBlank(unit)) {
      if (at < end && isBlank(text[at]!)) at += 1
      continue
    }
    while (at < end && text[at] !== unit) at += 1
    at += 1
    if (written.quoted && unit === "'") at += 1
  }
  if (offset < value.length && !isBlank(value[offset]!))
    while (at < end && text[at] !== value[offset]) at += 1
  return Math.min(at, Math.max(end - 1, from))
}

const escapeLengths: { readonly [letter: string]: number } = { x: 4, u: 6, U: 10 }

const offsetInDouble = (text: string, place: Place, value: string, offset: number): number => {
  let at = place.start + 1
  for (let index = 0; index < offset && at < place.end - 1;) {
    if (text[at] === "\\") {
      const length = escapeLengths[text[at + 1]!] ?? 2
      const isLineEnd = text[at + 1] === "\n" || text[at + 1] === "\r"
      at += length
      // An escaped line end and the indentation after it say nothing.
      if (isLineEnd) while (at < place.end && isBlank(text[at]!)) at += 1
      else index += length === 10 && (value.codePointAt(index) ?? 0) > 0xffff ? 2 : 1
      continue
    }
    const folded = text[at] === "\n" || text[at] === "\r"
    at += 1
    if (folded) while (at < place.end && isBlank(text[at]!)) at += 1
    index += 1
  }
  return at
}
