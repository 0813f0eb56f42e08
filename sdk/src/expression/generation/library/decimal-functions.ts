import { libraryFunction, type Library } from "./library-function.ts"

/** Inside an expression a DECIMAL is the bigint of its unscaled digits; outside a string with exactly `scale` fraction digits. */
export const decimalFunctions: Library = {
  fromDecimal: libraryFunction(
    `
function fromDecimal(text, scale) {
  const point = text.indexOf(".")
  if ((point < 0 ? 0 : text.length - point - 1) !== scale) fail("EXPRESSION_VALUE", "the row", "a DECIMAL of scale " + scale + " was expected")
  return BigInt(point < 0 ? text : text.slice(0, point) + text.slice(point + 1))
}`,
    "fail"
  ),
  decimalToText: libraryFunction(`
function decimalToText(value, scale) {
  if (scale === 0) return String(value)
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0")
  const point = digits.length - scale
  return (value < 0n ? "-" : "") + digits.slice(0, point) + "." + digits.slice(point)
}`),
  decimalToDouble: libraryFunction(`
function decimalToDouble(value, scale) {
  return Number(value + "e-" + scale)
}`),
  fitDecimal: libraryFunction(
    `
function fitDecimal(value, limit, at) {
  if (value >= limit || value <= -limit) fail("EXPRESSION_OVERFLOW", at, "the result has too many digits for its DECIMAL")
  return value
}`,
    "fail"
  ),
  divideDecimal: libraryFunction(
    `
function divideDecimal(left, right, up, down, at) {
  const dividend = left * up
  const by = divisor(right, at) * down
  const negative = dividend < 0n !== by < 0n
  const magnitude = by < 0n ? -by : by
  const quotient = ((dividend < 0n ? -dividend : dividend) * 2n + magnitude) / (magnitude * 2n)
  return negative ? -quotient : quotient
}`,
    "divisor"
  ),
  floorDecimal: libraryFunction(`
function floorDecimal(value, factor) {
  const whole = value / factor
  return value < whole * factor ? whole - 1n : whole
}`)
}
