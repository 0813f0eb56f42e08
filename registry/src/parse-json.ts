import * as Result from "effect/Result"

/** Deeper nesting is refused: an Avro schema of 64 levels needs three levels of JSON for each. */
export const maxJsonDepth = 256

const quote = 0x22
const backslash = 0x5c

/** Place of the quote that ends the string which begins before `from`. */
const endOfString = (text: string, from: number): number => {
  for (let end = text.indexOf('"', from); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1
    while (before >= from && text.charCodeAt(before) === backslash) before--
    if ((end - before) % 2 === 1) return end
  }
  return text.length
}

/** True when brackets nest deeper than `maxDepth`; looks at the text alone, so that nothing is built first. */
const isTooDeep = (text: string, maxDepth: number): boolean => {
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    // A bundle comes as one long string.
    if (code === quote) index = endOfString(text, index + 1)
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > maxDepth) return true
    } else if (code === 0x5d || code === 0x7d) depth--
  }
  return false
}

// Own keys of these names turn into the prototype of whatever object they are later copied to.
const refuseForbiddenKeys = (key: string, value: unknown): unknown => {
  if (key === "__proto__") throw new SyntaxError("the key __proto__ is not allowed")
  return value
}

/** Parses JSON from outside: bounded depth, no `__proto__` keys. Fails with one line that says what is wrong. */
export const parseJson = (text: string): Result.Result<unknown, string> => {
  if (isTooDeep(text, maxJsonDepth)) return Result.fail(`it is nested deeper than ${maxJsonDepth} levels`)
  try {
    const value: unknown = JSON.parse(text, refuseForbiddenKeys)
    return Result.succeed(value)
  } catch (error) {
    return Result.fail(
      error instanceof Error ? `it is not JSON: ${error.message.slice(0, 200)}` : "it is not JSON"
    )
  }
}
