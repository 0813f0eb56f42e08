import { libraryFunction, type Library } from "./library-function.ts"

/**
 * The SQL/JSON functions. A search answers { found } or { error }; NOTHING is what is no JSON. Numbers are JavaScript's.
 */
export const jsonFunctions: Library = {
  // The last text is kept with its value, which nobody changes: conditions on one document parse it once.
  parseJson: libraryFunction(`
const parseJson = (() => {
  let lastText, lastValue
  return (text) => {
    if (text === lastText) return lastValue
    try {
      lastValue = JSON.parse(text)
    } catch {
      lastValue = undefined
    }
    lastText = text
    return lastValue
  }
})()`),
  jsonIs: libraryFunction(
    `
function jsonIs(text, form) {
  const value = text === null ? undefined : parseJson(text)
  if (value === undefined) return false
  if (form === "JSON ARRAY") return Array.isArray(value)
  if (form === "JSON OBJECT") return typeof value === "object" && value !== null && !Array.isArray(value)
  return form === "JSON VALUE" || typeof value !== "object" || value === null
}`,
    "parseJson"
  ),
  // Lax: arrays open by themselves where a key is asked of them, and what is not there is empty. Strict: it is an error.
  jsonSearch: libraryFunction(
    `
function jsonSearch(path, text) {
  const root = parseJson(text)
  if (root === undefined) return { error: "the text is no JSON" }
  let values = [root]
  for (const step of path.steps) {
    const next = []
    for (const value of values) {
      const problem = jsonStep(path.strict, value, step, next)
      if (problem !== undefined) return { error: problem }
      if (next.length > 1000000) return { error: "the path finds more than 1,000,000 values" }
    }
    values = next
  }
  return { found: values }
}
function jsonStep(strict, value, step, next) {
  const list = Array.isArray(value)
  if (typeof step === "string") {
    if (list && !strict) {
      for (const item of value) if (!Array.isArray(item)) jsonStep(false, item, step, next)
    } else if (typeof value === "object" && value !== null && !list && Object.hasOwn(value, step)) next.push(value[step])
    else if (strict) return "the path's key is not there"
  } else if (step === null) {
    if (!list && strict) return "[*] needs an array"
    for (const item of list ? value : [value]) next.push(item)
  } else if (list || !strict) {
    const items = list ? value : [value]
    if (step < items.length) next.push(items[step])
    else if (strict) return "the path's element is not there"
  } else return "an element needs an array"
}`,
    "parseJson"
  ),
  jsonPath: libraryFunction(`const jsonPath = (json) => JSON.parse(json)`),
  jsonText: libraryFunction(
    `
function jsonText(value, at) {
  let text
  try {
    text = JSON.stringify(value)
  } catch {
    fail("EXPRESSION_ARGUMENT", at, "the JSON nests too deep to be written")
  }
  checkLength(text.length, at)
  return text
}`,
    "fail",
    "checkLength"
  ),
  jsonExists: libraryFunction(
    `
function jsonExists(path, text, onError, at) {
  const { found, error } = jsonSearch(path, text)
  if (error === undefined) return found.length > 0
  if (onError === "ERROR") fail("EXPRESSION_ARGUMENT", at, error)
  return onError === "UNKNOWN" ? null : onError === "TRUE"
}`,
    "jsonSearch",
    "fail"
  ),
  // The scalar; a mark for nothing or for a mistake where a DEFAULT is to stand for it.
  jsonScalar: libraryFunction(
    `
function jsonScalar(path, text, kind, onEmpty, onError, at) {
  const { found, error } = jsonSearch(path, text)
  if (error !== undefined) return jsonInstead(onError, at, error, jsonMistake)
  if (found.length === 0) return jsonInstead(onEmpty, at, "the path finds nothing", jsonNothing)
  const value = found.length === 1 ? jsonAs(kind, found[0]) : undefined
  if (value !== undefined) return value
  return jsonInstead(onError, at, found.length > 1 ? "the path finds several values" : "the value is not of the type asked for", jsonMistake)
}
function jsonInstead(behavior, at, problem, mark) {
  if (behavior === "ERROR") fail("EXPRESSION_ARGUMENT", at, problem)
  return behavior === "DEFAULT" ? mark : null
}
function jsonAs(kind, value) {
  if (value === null) return null
  if (typeof value === "object") return undefined
  if (kind === "string") return String(value)
  if (kind === "boolean") return typeof value === "boolean" ? value : value === "true" ? true : value === "false" ? false : undefined
  const text = typeof value === "string" ? value.trim() : ""
  const number = typeof value === "number" ? value : /^[+-]?[0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/.test(text) ? Number(text) : NaN
  if (!Number.isFinite(number)) return undefined
  if (kind === "double") return number
  const least = kind === "int" ? -2147483648 : Number.MIN_SAFE_INTEGER
  const most = kind === "int" ? 2147483647 : Number.MAX_SAFE_INTEGER
  return Number.isInteger(number) && number >= least && number <= most ? number + 0 : undefined
}`,
    "jsonSearch",
    "jsonWas",
    "fail"
  ),
  jsonWas: libraryFunction(`
const jsonNothing = { nothing: true }
const jsonMistake = { mistake: true }
const jsonWas = (value, what) => value === (what === "EMPTY" ? jsonNothing : jsonMistake)`),
  jsonQuery: libraryFunction(
    `
function jsonQuery(path, text, wrapper, onEmpty, onError, at) {
  const { found, error } = jsonSearch(path, text)
  if (error !== undefined) return jsonOther(onError, at, error)
  if (found.length === 0) return jsonOther(onEmpty, at, "the path finds nothing")
  const plain = found.length === 1 && typeof found[0] === "object" && found[0] !== null
  if (wrapper === "WITH UNCONDITIONAL" || (wrapper === "WITH CONDITIONAL" && !plain) || (path.many && found.length > 1)) return jsonText(found, at)
  return plain ? jsonText(found[0], at) : jsonOther(onError, at, "a scalar needs WITH WRAPPER")
}
function jsonOther(behavior, at, problem) {
  if (behavior === "ERROR") fail("EXPRESSION_ARGUMENT", at, problem)
  return behavior === "EMPTY ARRAY" ? "[]" : behavior === "EMPTY OBJECT" ? "{}" : null
}`,
    "jsonSearch",
    "jsonText",
    "fail"
  )
}
