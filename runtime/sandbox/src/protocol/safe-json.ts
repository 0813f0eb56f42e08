/** JSON from a sandbox process nests no deeper. */
export const maxJsonDepth = 64

/**
 * Parses JSON that a guest may have written: undefined when it is too long, too deep, no JSON, or has one of the keys that
 * change an object's prototype when they are assigned.
 */
export function parseSafeJson(text: string, maxLength: number): unknown {
  if (text.length > maxLength || !isShallow(text)) return undefined
  try {
    let isClean = true
    const value: unknown = JSON.parse(text, (key, part: unknown) => {
      if (key === "__proto__" || key === "constructor" || key === "prototype") isClean = false
      return part
    })
    return isClean ? value : undefined
  } catch {
    return undefined
  }
}

/** As a name; as a value it is a text like any other. Quotes within a text are escaped, so that it cannot be taken for one. */
const prototypeName = /"__proto__"\s*:/

/** The same for frequent texts without a reviver's cost: own properties are read by name afterwards. */
export function parseBoundedJson(text: string, maxLength: number): unknown {
  if (text.length > maxLength || prototypeName.test(text) || !isShallow(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isShallow(text: string): boolean {
  let depth = 0
  let isInString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (isInString) {
      if (code === 0x5c) i += 1
      else if (code === 0x22) isInString = false
    } else if (code === 0x22) isInString = true
    else if (code === 0x5b || code === 0x7b) {
      depth += 1
      if (depth > maxJsonDepth) return false
    } else if (code === 0x5d || code === 0x7d) depth -= 1
  }
  return true
}

export function isPlainObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** An own property; undefined where there is none. */
export function ownOf(value: { readonly [name: string]: unknown }, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined
}

export function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
}
