import { libraryFunction, type Library } from "./library-function.ts"

/** Functions of numbers beyond arithmetic. */
export const mathFunctions: Library = {
  logBase: libraryFunction(`const logBase = (base, value) => Math.log(value) / Math.log(base)`),
  cotangent: libraryFunction(`const cotangent = (value) => 1 / Math.tan(value)`),
  signOf: libraryFunction(`const signOf = (value) => Math.sign(value)`),
  signOfBig: libraryFunction(`const signOfBig = (value, one) => value < 0n ? -one : value > 0n ? one : 0n`),
  truncateDouble: libraryFunction(
    `
function truncateDouble(value, digits) {
  if (value === 0 || !Number.isFinite(value)) return value + 0
  const [unscaled, scale] = decimalParts(value)
  if (scale <= digits) return value
  if (scale - digits > 400) return 0
  return Number(unscaled / 10n ** BigInt(scale - digits) + "e" + -digits)
}`,
    "decimalParts"
  ),
  truncateInteger: libraryFunction(`
function truncateInteger(value, digits) {
  if (digits >= 0) return value
  if (digits < -20) return 0
  const factor = 10 ** -digits
  return Math.trunc(value / factor) * factor + 0
}`),
  truncateBig: libraryFunction(`
function truncateBig(value, digits) {
  if (digits >= 0) return value
  if (digits < -20) return 0n
  const factor = 10n ** BigInt(-digits)
  return (value / factor) * factor
}`),
  // Digits up to the first that is none; 64 bits, read and written without a sign unless the target base is negative.
  convertBase: libraryFunction(`
function convertBase(text, from, to) {
  const target = Math.abs(to)
  if (from < 2 || from > 36 || target < 2 || target > 36) return null
  const match = /^ *([+-]?)([0-9A-Za-z]*)/.exec(text)
  const base = BigInt(from)
  let value = 0n, count = 0
  for (const digit of match[2]) {
    const number = Number.parseInt(digit, 36)
    if (number >= from) break
    count++
    if (value <= 0xffffffffffffffffn) value = value * base + BigInt(number)
  }
  if (count === 0) return null
  if (value > 0xffffffffffffffffn) value = 0xffffffffffffffffn
  const signed = match[1] === "-" ? -value : value
  return (to < 0 ? BigInt.asIntN(64, signed) : BigInt.asUintN(64, signed)).toString(target).toUpperCase()
}`)
}
