import * as Effect from "effect/Effect"
import { type ConfluentError, refusals } from "../reply/confluent-error.ts"

/** A version as a path names it: its number, or -1 for the latest. */
export const latestVersion = -1

export const maxNumber = 2 ** 31 - 1

/** `latest`, `-1` or a number from 1. Fails with 42202. */
export const versionNumber = (given: string): Effect.Effect<number, ConfluentError> => {
  const text = given.trim()
  if (text.toLowerCase() === "latest") return Effect.succeed(latestVersion)
  const number = /^-?\d{1,10}$/.test(text) ? Number(text) : 0
  const isVersion = number === latestVersion || (number >= 1 && number <= maxNumber)
  return isVersion ? Effect.succeed(number) : Effect.fail(refusals.invalidVersion(given.slice(0, 80)))
}

/** A schema's id of a path. What can be none is not found. */
export const schemaId = (given: string): Effect.Effect<number, ConfluentError> => {
  const id = /^\d{1,10}$/.test(given) ? Number(given) : Number.NaN
  return id <= maxNumber ? Effect.succeed(id) : Effect.fail(refusals.schemaNotFound(given.slice(0, 80)))
}
