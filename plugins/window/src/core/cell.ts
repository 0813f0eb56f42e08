/** A single value of a record. Decimals are text in plain notation; longs beyond what a number holds are bigints. */
export type Cell = null | boolean | number | bigint | string | Uint8Array

/**
 * How values of an aggregate are compared and added: as their type says (`wide`: they are bigints), or as exact decimals
 * of so many fraction digits.
 */
export type Measure = { readonly is: "plain" } | { readonly is: "decimal"; readonly scale: number }

/**
 * Orders two values of one type: numbers with NaN above all and -0 as 0, text by code point, bytes by byte, false before true;
 * null before everything.
 */
export const compareCells = (left: Cell, right: Cell, measure: Measure): number => {
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1
  if (typeof left === "number" && typeof right === "number") return compareNumbers(left, right)
  if (typeof left === "string" && typeof right === "string") {
    if (measure.is === "decimal") return compare(unscaledOf(left), unscaledOf(right))
    return compareTexts(left, right)
  }
  if (left instanceof Uint8Array && right instanceof Uint8Array) return compareBytes(left, right)
  if (typeof left === "bigint" && typeof right === "bigint") return compare(left, right)
  if (typeof left === "boolean" && typeof right === "boolean") return compare(Number(left), Number(right))
  return compareTexts(typeof left, typeof right)
}

/** The digits of a decimal without its point. */
export const unscaledOf = (text: string): bigint => BigInt(text.replace(".", ""))

/** A decimal's text with exactly `scale` fraction digits. */
export const decimalText = (unscaled: bigint, scale: number): string => {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0")
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  return unscaled < 0n ? `-${text}` : text
}

/** A text that two values share exactly when they are equal. */
export const cellText = (cell: Cell): string => {
  if (typeof cell === "string") return `s${cell}`
  if (typeof cell === "number") return `n${cell === 0 ? 0 : cell}`
  if (cell instanceof Uint8Array) return `b${Array.from(cell, (byte) => String.fromCharCode(byte)).join("")}`
  return `${typeof cell} ${cell}`
}

const compare = <A extends number | bigint>(left: A, right: A): number =>
  left < right ? -1 : left > right ? 1 : 0

const compareNumbers = (left: number, right: number): number => {
  if (Number.isNaN(left) || Number.isNaN(right))
    return compare(Number(Number.isNaN(left)), Number(Number.isNaN(right)))
  return compare(left, right)
}

/** By code point, which UTF-16 units are not: a surrogate stands for one above every unit. */
export const compareTexts = (left: string, right: string): number => {
  const length = Math.min(left.length, right.length)
  for (let i = 0; i < length; i++) {
    const one = left.charCodeAt(i)
    const other = right.charCodeAt(i)
    if (one === other) continue
    const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdfff
    if (isHigh(one) !== isHigh(other)) return isHigh(one) ? 1 : -1
    return one - other
  }
  return left.length - right.length
}

const compareBytes = (left: Uint8Array, right: Uint8Array): number => {
  const length = Math.min(left.length, right.length)
  for (let i = 0; i < length; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}
