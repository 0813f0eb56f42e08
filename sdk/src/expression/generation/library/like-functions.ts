import { maxPatternLength } from "../../pattern/like-pattern.ts"
import { libraryFunction, type Library } from "./library-function.ts"

/**
 * LIKE without backtracking. A pattern is cut at its %; the first piece is held to the start, the last to the end, and each in between is
 * sought from where the one before ended, for the leftmost match is never worse than a later one. Pieces with _ are sought
 * by Shift-And (Baeza-Yates and Gonnet 1992), whose time is the text's length times the piece's length / 32.
 */
export const likeFunctions: Library = {
  likePieces: libraryFunction(
    `
function likePieces(pattern, escape, at) {
  const points = Array.from(pattern)
  if (points.length > ${maxPatternLength}) fail("EXPRESSION_PATTERN", at, "a pattern of LIKE has at most ${maxPatternLength} characters")
  if (escape !== null && Array.from(escape).length !== 1) fail("EXPRESSION_PATTERN", at, "the escape of LIKE is one character")
  const pieces = [[]]
  for (let index = 0; index < points.length; index++) {
    const point = points[index]
    if (point === escape) {
      const next = points[++index]
      if (next !== "%" && next !== "_" && next !== escape) fail("EXPRESSION_PATTERN", at, "the escape of LIKE stands before %, _ or itself")
      pieces[pieces.length - 1].push(next)
    } else if (point === "%") pieces.push([])
    else pieces[pieces.length - 1].push(point === "_" ? null : point)
  }
  return pieces
}`,
    "fail"
  ),
  likeMatcher: libraryFunction(
    `
function likeMatcher(pattern, escape, at) {
  const pieces = likePieces(pattern, escape, at)
  const wild = pieces.some((piece) => piece.includes(null))
  if (!wild) return likeLiteral(pieces.map((piece) => piece.join("")))
  const match = likeWild(pieces)
  return (text) => match(hasSurrogates(text) ? Array.from(text) : text)
}`,
    "likePieces",
    "likeLiteral",
    "likeWild",
    "hasSurrogates"
  ),
  likeLiteral: libraryFunction(`
function likeLiteral(pieces) {
  const first = pieces[0]
  if (pieces.length === 1) return (text) => text === first
  const last = pieces[pieces.length - 1]
  const middle = pieces.slice(1, -1).filter((piece) => piece !== "")
  return (text) => {
    const end = text.length - last.length
    if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false
    let from = first.length
    for (let index = 0; index < middle.length; index++) {
      const found = text.indexOf(middle[index], from)
      if (found < 0 || found + middle[index].length > end) return false
      from = found + middle[index].length
    }
    return true
  }
}`),
  likeWild: libraryFunction(
    `
function likeWild(pieces) {
  const first = pieces[0]
  const fits = (piece, points, at) => piece.every((point, index) => point === null || point === points[at + index])
  if (pieces.length === 1) return (points) => points.length === first.length && fits(first, points, 0)
  const last = pieces[pieces.length - 1]
  const seekers = pieces.slice(1, -1).filter((piece) => piece.length > 0).map(shiftAnd)
  return (points) => {
    const end = points.length - last.length
    if (end < first.length || !fits(first, points, 0) || !fits(last, points, end)) return false
    let from = first.length
    for (let index = 0; index < seekers.length; index++) {
      from = seekers[index](points, from, end)
      if (from < 0) return false
    }
    return true
  }
}`,
    "shiftAnd"
  ),
  // Answers a function that gives the place after the leftmost match of the piece between from and end, or -1.
  shiftAnd: libraryFunction(`
function shiftAnd(piece) {
  const words = Math.ceil(piece.length / 32)
  const any = new Int32Array(words)
  const masks = new Map()
  piece.forEach((point, index) => {
    if (point !== null && !masks.has(point)) masks.set(point, new Int32Array(words))
    if (point === null) any[index >>> 5] |= 1 << (index & 31)
  })
  for (const mask of masks.values()) for (let word = 0; word < words; word++) mask[word] = any[word]
  piece.forEach((point, index) => {
    if (point !== null) masks.get(point)[index >>> 5] |= 1 << (index & 31)
  })
  const final = 1 << ((piece.length - 1) & 31)
  return (points, from, end) => {
    const state = new Int32Array(words)
    for (let at = from; at < end; at++) {
      const mask = masks.get(points[at]) ?? any
      let carry = 1
      for (let word = 0; word < words; word++) {
        const next = state[word] >>> 31
        state[word] = ((state[word] << 1) | carry) & mask[word]
        carry = next
      }
      if (state[words - 1] & final) return at + 1
    }
    return -1
  }
}`)
}
