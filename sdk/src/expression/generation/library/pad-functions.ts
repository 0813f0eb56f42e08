import { libraryFunction, type Library } from "./library-function.ts"

/** More functions of strings; positions and lengths count code points. */
export const padFunctions: Library = {
  pointsOf: libraryFunction(
    `const pointsOf = (text) => hasSurrogates(text) ? Array.from(text) : text`,
    "hasSurrogates"
  ),
  joinPoints: libraryFunction(
    `const joinPoints = (points) => typeof points === "string" ? points : points.join("")`
  ),
  padText: libraryFunction(
    `
function padText(text, length, pad, left, at) {
  if (length < 0 || pad === "") return null
  checkLength(length, at)
  const points = pointsOf(text)
  if (points.length >= length) return joinPoints(points.slice(0, length))
  const filler = pointsOf(pad)
  const missing = length - points.length
  const whole = pad.repeat(Math.floor(missing / filler.length)) + joinPoints(filler.slice(0, missing % filler.length))
  return left ? whole + text : text + whole
}`,
    "checkLength",
    "pointsOf",
    "joinPoints"
  ),
  padLeft: libraryFunction(
    `const padLeft = (text, length, pad, at) => padText(text, length, pad, true, at)`,
    "padText"
  ),
  padRight: libraryFunction(
    `const padRight = (text, length, pad, at) => padText(text, length, pad, false, at)`,
    "padText"
  ),
  leftPart: libraryFunction(
    `const leftPart = (text, length) => length <= 0 ? "" : joinPoints(pointsOf(text).slice(0, length))`,
    "pointsOf",
    "joinPoints"
  ),
  rightPart: libraryFunction(
    `const rightPart = (text, length) => length <= 0 ? "" : joinPoints(pointsOf(text).slice(-length))`,
    "pointsOf",
    "joinPoints"
  ),
  repeatText: libraryFunction(
    `
function repeatText(text, count, at) {
  if (count <= 0 || text === "") return ""
  checkLength(text.length * count, at)
  return text.repeat(count)
}`,
    "checkLength"
  ),
  reverseText: libraryFunction(`const reverseText = (text) => Array.from(text).reverse().join("")`),
  splitText: libraryFunction(
    `const splitText = (text, separator) => separator === "" ? Array.from(text) : text.split(separator)`
  ),
  // An empty separator stands for white space, each character by itself.
  splitIndex: libraryFunction(`
function splitIndex(text, separator, index) {
  if (index < 0 || text === "") return null
  return text.split(separator === "" ? /[\\t-\\r\\x1c-\\x20]/ : separator)[index] ?? null
}`),
  overlay: libraryFunction(
    `
function overlay(text, part, from, length, at) {
  const points = pointsOf(text)
  if (from <= 0 || from > points.length) return text
  const start = from - 1
  const gap = length < 0 ? textLength(part) : length
  checkLength(text.length + part.length, at)
  return joinPoints(points.slice(0, start)) + part + joinPoints(points.slice(start + gap))
}`,
    "pointsOf",
    "joinPoints",
    "textLength",
    "checkLength"
  ),
  translate: libraryFunction(`
function translate(text, from, to) {
  const targets = Array.from(to)
  const table = new Map()
  Array.from(from).forEach((character, index) => {
    if (!table.has(character)) table.set(character, targets[index] ?? "")
  })
  let result = ""
  for (const character of text) result += table.get(character) ?? character
  return result
}`),
  initCap: libraryFunction(`
function initCap(text) {
  return text.toLowerCase().replace(/[\\p{L}\\p{N}]+/gu, (word) => {
    const first = String.fromCodePoint(word.codePointAt(0))
    return first.toUpperCase() + word.slice(first.length)
  })
}`),
  locate: libraryFunction(
    `
function locate(part, text, from) {
  if (from < 1) return 0
  const rest = substring(text, from)
  if (rest === "" && from > textLength(text) + 1) return 0
  const found = position(part, rest)
  return found === 0 ? 0 : found + from - 1
}`,
    "substring",
    "position",
    "textLength"
  ),
  instr: libraryFunction(`const instr = (text, part) => position(part, text)`, "position"),
  asciiOf: libraryFunction(`const asciiOf = (text) => text === "" ? 0 : text.codePointAt(0)`),
  characterOf: libraryFunction(
    `const characterOf = (code) => code < 0 ? "" : String.fromCharCode(code % 256)`
  ),
  // NULL parts are left out.
  joinParts: libraryFunction(
    `
function joinParts(at, separator, ...parts) {
  if (separator === null) return null
  const present = parts.filter((part) => part !== null)
  let length = separator.length * Math.max(0, present.length - 1)
  for (const part of present) length += part.length
  checkLength(length, at)
  return present.join(separator)
}`,
    "checkLength"
  ),
  isAlpha: libraryFunction(`const isAlpha = (text) => /^\\p{L}+$/u.test(text)`),
  isDigit: libraryFunction(`const isDigit = (text) => /^\\p{Nd}+$/u.test(text)`),
  isDecimalText: libraryFunction(
    `const isDecimalText = (text) => /^[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text)`
  )
}
