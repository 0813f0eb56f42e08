import { libraryFunction, type Library } from "./library-function.ts"

/** Strings are counted and cut by code point. What an expression builds has at most 16 Mi UTF-16 code units. */
export const textFunctions: Library = {
  hasSurrogates: libraryFunction(`const hasSurrogates = (text) => /[\\ud800-\\udfff]/.test(text)`),
  checkLength: libraryFunction(
    `
function checkLength(length, at) {
  if (length > 16777216) fail("EXPRESSION_TEXT_TOO_LONG", at, "the result has more than 16,777,216 characters")
}`,
    "fail"
  ),
  concat: libraryFunction(
    `
function concat(at, parts) {
  let length = 0
  for (let index = 0; index < parts.length; index++) length += parts[index].length
  checkLength(length, at)
  return parts.join("")
}`,
    "checkLength"
  ),
  textLength: libraryFunction(`
function textLength(text) {
  let length = text.length
  for (let index = 0; index < text.length; index++) if ((text.charCodeAt(index) & 0xfc00) === 0xd800) length--
  return length
}`),
  substring: libraryFunction(
    `
function substring(text, from, length) {
  if (length !== undefined && length <= 0) return ""
  const points = hasSurrogates(text) ? Array.from(text) : text
  const start = from > 0 ? from - 1 : from < 0 ? points.length + from : 0
  if (start < 0 || start >= points.length) return ""
  const cut = points.slice(start, length === undefined ? points.length : start + length)
  return typeof cut === "string" ? cut : cut.join("")
}`,
    "hasSurrogates"
  ),
  replaceText: libraryFunction(
    `
function replaceText(text, search, replacement, at) {
  if (search === "") return text
  if (replacement.length > search.length) {
    let count = 0
    for (let index = text.indexOf(search); index >= 0; index = text.indexOf(search, index + search.length)) count++
    checkLength(text.length + count * (replacement.length - search.length), at)
  }
  return text.split(search).join(replacement)
}`,
    "checkLength"
  ),
  position: libraryFunction(
    `
function position(part, text) {
  const index = text.indexOf(part)
  return index <= 0 ? index + 1 : textLength(text.slice(0, index)) + 1
}`,
    "textLength"
  ),
  trimText: libraryFunction(
    `
function trimText(text, characters, left, right) {
  const plain = !hasSurrogates(text) || !hasSurrogates(characters)
  const points = plain ? text : Array.from(text)
  const set = new Set(characters)
  let start = 0
  let end = points.length
  if (left) while (start < end && set.has(points[start])) start++
  if (right) while (end > start && set.has(points[end - 1])) end--
  const cut = points.slice(start, end)
  return typeof cut === "string" ? cut : cut.join("")
}`,
    "hasSurrogates"
  )
}
