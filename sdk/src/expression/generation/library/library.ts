import { bytesFunctions } from "./bytes-functions.ts"
import { calendarFunctions } from "./calendar-functions.ts"
import { collectionFunctions } from "./collection-functions.ts"
import { formatFunctions } from "./format-functions.ts"
import { hashFunctions } from "./hash-functions.ts"
import { jsonFunctions } from "./json-functions.ts"
import { mathFunctions } from "./math-functions.ts"
import { padFunctions } from "./pad-functions.ts"
import { regexFunctions } from "./regex-functions.ts"
import { urlFunctions } from "./url-functions.ts"
import { castFunctions } from "./cast-functions.ts"
import { decimalFunctions } from "./decimal-functions.ts"
import type { Library } from "./library-function.ts"
import { likeFunctions } from "./like-functions.ts"
import { numberFunctions } from "./number-functions.ts"
import { temporalFunctions } from "./temporal-functions.ts"
import { textFunctions } from "./text-functions.ts"

const library: Library = {
  ...numberFunctions,
  ...decimalFunctions,
  ...textFunctions,
  ...likeFunctions,
  ...temporalFunctions,
  ...castFunctions,
  ...bytesFunctions,
  ...calendarFunctions,
  ...collectionFunctions,
  ...formatFunctions,
  ...hashFunctions,
  ...jsonFunctions,
  ...mathFunctions,
  ...padFunctions,
  ...regexFunctions,
  ...urlFunctions
}

/** The texts of these functions and of all that they need, each once, in the order of their names. */
export function libraryTexts(names: Iterable<string>): readonly string[] {
  const wanted = new Set<string>()
  const queue = [...names]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (wanted.has(name)) continue
    wanted.add(name)
    queue.push(...found(name).needs)
  }
  return [...wanted].sort().map((name) => found(name).text)
}

function found(name: string) {
  const entry = Object.hasOwn(library, name) ? library[name] : undefined
  if (entry === undefined)
    throw new Error(`generated code needs the library function ${name}, which does not exist`)
  return entry
}

export function isLibraryFunction(name: string): boolean {
  return Object.hasOwn(library, name)
}
