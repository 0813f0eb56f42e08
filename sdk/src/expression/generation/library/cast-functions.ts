import { libraryFunction, type Library } from "./library-function.ts"

const isText = `typeof value === "string" ? JSON.stringify(value.length > 40 ? value.slice(0, 39) + "…" : value) : String(value)`

/** Conversions that may fail end in `at, safe`: a failure is an error there, or NULL when safe. */
export const castFunctions: Library = {
  refuse: libraryFunction(
    `
function refuse(value, type, at, safe) {
  if (safe) return null
  const shown = ${isText}
  return fail("EXPRESSION_CAST", at, shown + " is not a valid " + type + "; TRY_CAST makes it NULL")
}`,
    "fail"
  ),
  // As Java's Double.toString, which Flink uses: 1.0, 1.0E10, 1.0E-5.
  doubleToText: libraryFunction(`
function doubleToText(value) {
  if (!Number.isFinite(value)) return String(value)
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0"
  const magnitude = Math.abs(value)
  if (magnitude >= 1e-3 && magnitude < 1e7) {
    const text = String(value)
    return text.includes(".") ? text : text + ".0"
  }
  const [mantissa, exponent] = value.toExponential().split("e")
  return (mantissa.includes(".") ? mantissa : mantissa + ".0") + "E" + Number(exponent)
}`),
  numberToInt: libraryFunction(
    `
function numberToInt(value, at, safe) {
  const whole = Math.trunc(value) + 0
  return whole <= 2147483647 && whole >= -2147483648 ? whole : refuse(value, "INT", at, safe)
}`,
    "refuse"
  ),
  numberToLong: libraryFunction(
    `
function numberToLong(value, at, safe) {
  const whole = Math.trunc(value) + 0
  return Number.isSafeInteger(whole) ? whole : refuse(value, "BIGINT within 2^53-1", at, safe)
}`,
    "refuse"
  ),
  decimalToInt: libraryFunction(
    `
function decimalToInt(value, factor, at, safe) {
  return numberToInt(Number(value / factor), at, safe)
}`,
    "numberToInt"
  ),
  decimalToLong: libraryFunction(
    `
function decimalToLong(value, factor, at, safe) {
  return numberToLong(Number(value / factor), at, safe)
}`,
    "numberToLong"
  ),
  decimalToDecimal: libraryFunction(
    `
function decimalToDecimal(value, up, down, limit, at, safe) {
  const scaled = scaleDown(value * up, down)
  return scaled < limit && scaled > -limit ? scaled : refuse(value, "DECIMAL of that precision", at, safe)
}`,
    "scaleDown",
    "refuse"
  ),
  doubleToDecimal: libraryFunction(
    `
function doubleToDecimal(value, scale, limit, at, safe) {
  if (!Number.isFinite(value)) return refuse(value, "DECIMAL", at, safe)
  return textToDecimal(String(value), scale, limit, at, safe)
}`,
    "textToDecimal",
    "refuse"
  ),
  textToDecimal: libraryFunction(
    `
function textToDecimal(text, scale, limit, at, safe) {
  const trimmed = trimSpaces(text)
  const match = trimmed.length > 400 ? null : /^([+-]?)(?:([0-9]+)(?:\\.([0-9]*))?|\\.([0-9]+))(?:[eE]([+-]?[0-9]{1,4}))?$/.exec(trimmed)
  if (match === null) return refuse(text, "DECIMAL", at, safe)
  const fraction = match[3] ?? match[4] ?? ""
  const shift = scale - fraction.length + Number(match[5] ?? 0)
  const digits = BigInt((match[2] ?? "") + fraction)
  if (digits === 0n || shift < -400) return 0n
  if (shift > 80) return refuse(text, "DECIMAL of that precision", at, safe)
  const magnitude = shift >= 0 ? digits * 10n ** BigInt(shift) : scaleDown(digits, 10n ** BigInt(-shift))
  if (magnitude >= limit) return refuse(text, "DECIMAL of that precision", at, safe)
  return match[1] === "-" ? -magnitude : magnitude
}`,
    "trimSpaces",
    "scaleDown",
    "refuse"
  ),
  trimSpaces: libraryFunction(
    `const trimSpaces = (text) => text.startsWith(" ") || text.endsWith(" ") ? trimText(text, " ", true, true) : text`,
    "trimText"
  ),
  textToInteger: libraryFunction(
    `
function textToInteger(text, type, limit, at, safe) {
  const trimmed = trimSpaces(text)
  const value = trimmed.length <= 400 && /^[+-]?[0-9]+$/.test(trimmed) ? Number(trimmed) + 0 : NaN
  const least = type === "INT" ? -limit - 1 : -limit
  return value <= limit && value >= least ? value : refuse(text, type, at, safe)
}`,
    "trimSpaces",
    "refuse"
  ),
  textToDouble: libraryFunction(
    `
function textToDouble(text, type, at, safe) {
  const trimmed = trimSpaces(text)
  const number = /^[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/
  if (trimmed.length <= 400 && (number.test(trimmed) || /^(?:NaN|[+-]?Infinity)$/.test(trimmed))) return Number(trimmed)
  return refuse(text, type, at, safe)
}`,
    "trimSpaces",
    "refuse"
  ),
  floatOrNull: libraryFunction(`const floatOrNull = (value) => value === null ? null : Math.fround(value)`),
  textToBoolean: libraryFunction(
    `
function textToBoolean(text, at, safe) {
  const word = text.length > 40 ? "" : trimSpaces(text).toLowerCase()
  if (word === "true" || word === "t" || word === "yes" || word === "y" || word === "1") return true
  if (word === "false" || word === "f" || word === "no" || word === "n" || word === "0") return false
  return refuse(text, "BOOLEAN", at, safe)
}`,
    "trimSpaces",
    "refuse"
  ),
  textToDate: libraryFunction(
    `
function textToDate(text, at, safe) {
  const trimmed = trimSpaces(text)
  const instant = trimmed.length === 10 ? null : parseInstant(trimmed, 3)
  return (instant === null ? parseDay(trimmed) : dayOf(instant, 3)) ?? refuse(text, "DATE", at, safe)
}`,
    "trimSpaces",
    "parseInstant",
    "parseDay",
    "dayOf",
    "refuse"
  ),
  textToTime: libraryFunction(
    `
function textToTime(text, precision, at, safe) {
  return parseClock(trimSpaces(text), precision) ?? refuse(text, "TIME", at, safe)
}`,
    "trimSpaces",
    "parseClock",
    "refuse"
  ),
  textToTimestamp: libraryFunction(
    `
function textToTimestamp(text, precision, at, safe) {
  const value = parseInstant(trimSpaces(text), precision)
  return value !== null && Number.isSafeInteger(value) ? value : refuse(text, "TIMESTAMP", at, safe)
}`,
    "trimSpaces",
    "parseInstant",
    "refuse"
  )
}
