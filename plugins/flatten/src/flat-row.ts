/**
 * Puts every part of a value that is a record under its joined name, to `depth` levels; those that are records themselves,
 * too, for what the output has not is not looked at.
 */
export const addParts = (
  into: { [field: string]: unknown },
  name: string,
  value: unknown,
  separator: string,
  depth: number
): void => {
  into[name] = value
  if (depth < 1 || !isRecord(value)) return
  for (const [part, inner] of Object.entries(value)) {
    addParts(into, `${name}${separator}${part}`, inner, separator, depth - 1)
  }
}

/** A record that is null has no parts: each of them is null. */
export const absentIsNull: ProxyHandler<{ [field: string]: unknown }> = {
  get: (made, name) => (typeof name === "string" && Object.hasOwn(made, name) ? made[name] : null)
}

/** A record's value is a plain object; a map's has no prototype. */
const isRecord = (value: unknown): value is object =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array) &&
  Object.getPrototypeOf(value) !== null
