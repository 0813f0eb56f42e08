import type { Json } from "../../avro/type.ts"
import type { Difference } from "../fixture/json-difference.ts"
import { differences } from "../fixture/json-difference.ts"
import type { Outcome } from "../fixture/outcome.ts"
import type { Finding } from "./rule.ts"
import { shown } from "./subject.ts"

/** A finding for the first place where two things that must be equal are not. */
export const differing = (did: string, expected: Json, actual: Json, path = ""): Finding | undefined =>
  findingOf(did, differences(expected, actual, path))

export const findingOf = (did: string, found: readonly Difference[]): Finding | undefined => {
  const [first] = found
  if (first === undefined) return undefined
  const { actual, expected, path, why } = first
  const at = path === "" ? "" : `${path}: `
  return {
    did,
    expected: `${at}${expected === undefined ? "nothing" : shown(expected)}`,
    came: `${at}${actual === undefined ? "nothing" : shown(actual)}${why === undefined ? "" : ` (${why})`}`
  }
}

/** What a run that must not fail failed with. */
export const failedRun = (did: string, { error }: Pick<Outcome, "error">): Finding | undefined =>
  error === undefined
    ? undefined
    : { did, expected: "it runs", came: `${error.code}: ${shown(error.message)}` }
