import { isDeepStrictEqual } from "node:util"
import { expectedOf } from "./oracle.ts"
import { randomCase } from "./random-case.ts"
import { runCase } from "./run-case.ts"

/** What is wrong with the case of a seed; undefined: nothing. */
export const checkCase = (seed: number): string | undefined => {
  const model = randomCase(seed)
  const expected = expectedOf(model)
  const outcome = runCase(model)
  const { lateness, updates, window } = model
  const what = `seed ${seed}, ${JSON.stringify({ window, lateness, updates })}`
  if (outcome.late !== expected.late)
    return `${what}: ${outcome.late} late records, ${expected.late} expected`
  if (outcome.leftOver > 0) return `${what}: ${outcome.leftOver} groups still hold state`
  if (outcome.misplaced > 0) return `${what}: ${outcome.misplaced} windows were closed at another time`
  for (const [name, results] of expected.results) {
    const last = outcome.given.get(name)?.at(-1)
    if (!isDeepStrictEqual(last, results))
      return `${what}: ${name} is ${text(last)}, ${text(results)} expected`
  }
  // What may be given more than once: a session under the bounds that it had before.
  const isOnce = lateness === 0 && !updates
  for (const [name, results] of outcome.given) {
    if (isOnce && results.length > 1) return `${what}: ${name} was given ${results.length} times`
    const isFinal = isOnce || window.is !== "session"
    if (isFinal && !expected.results.has(name)) return `${what}: ${name} was given, and is no window`
  }
  return undefined
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `${part}n` : part)) ??
  "not given"
