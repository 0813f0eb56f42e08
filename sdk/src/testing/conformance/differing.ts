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
  const same = typeof expected === "string" && typeof actual === "string" ? commonStart(expected, actual) : 0
  const text = (json: Json | undefined): string =>
    json === undefined
      ? "nothing"
      : typeof json === "string" && same > 0
        ? `…${shown(json.slice(same))}`
        : shown(json)
  return {
    did,
    expected: `${at}${text(expected)}`,
    came: `${at}${text(actual)}${why === undefined ? "" : ` (${why})`}`
  }
}

/** Long texts are shown from a little before the place where they begin to differ. */
const commonStart = (left: string, right: string): number => {
  let at = 0
  while (at < left.length && left[at] === right[at]) at += 1
  return at > contextLength * 2 ? at - contextLength : 0
}

const contextLength = 30

/** What a run that must not fail failed with. */
export const failedRun = (did: string, { error }: Pick<Outcome, "error">): Finding | undefined =>
  error === undefined
    ? undefined
    : { did, expected: "it runs", came: `${error.code}: ${shown(error.message)}` }
