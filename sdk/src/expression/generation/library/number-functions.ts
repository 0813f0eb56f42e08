import { libraryFunction, type Library } from "./library-function.ts"

/** Integers are JavaScript numbers (INT, BIGINT within 2^53) or bigints (wide BIGINT); results are never -0. */
export const numberFunctions: Library = {
  fail: libraryFunction(`
function fail(code, at, message) {
  const error = new Error(code + " at " + at + ": " + message)
  error.code = code
  throw error
}`),
  checkInt: libraryFunction(
    `
function checkInt(value, at) {
  if (value > 2147483647 || value < -2147483648) fail("EXPRESSION_OVERFLOW", at, "the result is beyond INT; CAST an operand to BIGINT")
  return value + 0
}`,
    "fail"
  ),
  checkLong: libraryFunction(
    `
function checkLong(value, at) {
  if (value > 9007199254740991 || value < -9007199254740991) fail("EXPRESSION_OVERFLOW", at, "the result is beyond 2^53-1; CAST an operand to DECIMAL or DOUBLE")
  return value + 0
}`,
    "fail"
  ),
  checkBig: libraryFunction(
    `
function checkBig(value, at) {
  if (BigInt.asIntN(64, value) !== value) fail("EXPRESSION_OVERFLOW", at, "the result is beyond BIGINT; CAST an operand to DECIMAL or DOUBLE")
  return value
}`,
    "fail"
  ),
  divisor: libraryFunction(
    `
function divisor(value, at) {
  if (value == 0) fail("EXPRESSION_DIVISION_BY_ZERO", at, "division by zero; NULLIF(divisor, 0) makes it NULL")
  return value
}`,
    "fail"
  ),
  // The order of SQL: NaN equals NaN and is above every other number, -0 equals 0.
  compareFloating: libraryFunction(`
function compareFloating(a, b) {
  if (a < b) return -1
  if (a > b) return 1
  if (a === b) return 0
  return a === a ? -1 : b === b ? 1 : 0
}`),
  comparePlain: libraryFunction(`
function comparePlain(a, b) {
  return a < b ? -1 : a > b ? 1 : 0
}`),
  // By code point, which is the order of the UTF-8 bytes; UTF-16 puts surrogates below U+E000.
  compareText: libraryFunction(`
function compareText(a, b) {
  if (a === b) return 0
  const length = a.length < b.length ? a.length : b.length
  for (let index = 0; index < length; index++) {
    let x = a.charCodeAt(index)
    let y = b.charCodeAt(index)
    if (x === y) continue
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000
    }
    return x < y ? -1 : 1
  }
  return a.length < b.length ? -1 : 1
}`),
  compareBytes: libraryFunction(`
function compareBytes(a, b) {
  const length = a.length < b.length ? a.length : b.length
  for (let index = 0; index < length; index++) if (a[index] !== b[index]) return a[index] < b[index] ? -1 : 1
  return a.length < b.length ? -1 : a.length > b.length ? 1 : 0
}`),
  extreme: libraryFunction(`
function extreme(compare, sign, values) {
  let best = values[0]
  for (let index = 1; index < values.length; index++) if (compare(values[index], best) * sign > 0) best = values[index]
  return best
}`),
  // The shortest decimal that reads back as the same FLOAT.
  shortFloat: libraryFunction(`
function shortFloat(value) {
  if (!Number.isFinite(value)) return value
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}`),
  // [unscaled bigint, scale] of the shortest decimal that reads back as the same DOUBLE.
  decimalParts: libraryFunction(`
function decimalParts(value) {
  const [mantissa, exponent] = String(value).split("e")
  const [whole, fraction = ""] = mantissa.split(".")
  return [BigInt(whole + fraction), fraction.length - Number(exponent ?? 0)]
}`),
  // By the decimal digits, as one reads them, and never -0: Flink goes over BigDecimal.
  roundDouble: libraryFunction(
    `
function roundDouble(value, digits) {
  if (value === 0) return 0
  if (!Number.isFinite(value) || Number.isInteger(value) && digits >= 0) return value
  const [unscaled, scale] = decimalParts(value)
  if (scale <= digits) return value
  if (scale - digits > 400) return 0
  return Number(scaleDown(unscaled, 10n ** BigInt(scale - digits)) + "e" + -digits)
}`,
    "decimalParts",
    "scaleDown"
  ),
  // Half away from zero; both bigints.
  scaleDown: libraryFunction(`
function scaleDown(value, factor) {
  const half = factor / 2n
  return value < 0n ? -((half - value) / factor) : (value + half) / factor
}`),
  roundInteger: libraryFunction(
    `
function roundInteger(value, digits) {
  if (digits >= 0) return value
  if (digits < -20) return 0
  const factor = 10n ** BigInt(-digits)
  return Number(scaleDown(BigInt(value), factor) * factor)
}`,
    "scaleDown"
  ),
  roundBig: libraryFunction(
    `
function roundBig(value, digits) {
  if (digits >= 0) return value
  if (digits < -20) return 0n
  const factor = 10n ** BigInt(-digits)
  return scaleDown(value, factor) * factor
}`,
    "scaleDown"
  )
}
