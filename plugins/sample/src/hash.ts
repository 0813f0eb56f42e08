/**
 * A number from 0 (inclusive) to 1 (exclusive) that the values give, everywhere and always the same:
 * cyrb53 (https://github.com/bryc/code/blob/master/jshash/experimental/cyrb53.js) over their text.
 */
export const hashOf = (values: readonly unknown[], seed: number): number => {
  const text = textOf(values)
  let high = 0xdeadbeef ^ seed
  let low = 0x41c6ce57 ^ seed
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return ((low & 0x1fffff) * 2 ** 32 + (high >>> 0)) / 2 ** 53
}

/** Equal for equal values, whatever order the entries of a map have, and different for different ones. */
const textOf = (value: unknown): string => {
  if (typeof value === "bigint") return `n${value}`
  if (typeof value === "number") return Object.is(value, -0) ? "n0" : `n${value}`
  if (typeof value === "string") return `s${value.length}:${value}`
  if (value instanceof Uint8Array) return `b${value.length}:${value.join(",")}`
  if (Array.isArray(value)) return `[${value.map(textOf).join(";")}]`
  if (typeof value !== "object" || value === null) return String(value)
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return `{${entries.map(([name, part]) => `${textOf(name)}=${textOf(part)}`).join(";")}}`
}
