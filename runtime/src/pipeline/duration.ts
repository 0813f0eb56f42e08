import { durationPattern } from "@millrace/sdk/manifest"
import * as Schema from "effect/Schema"

export { durationMs } from "@millrace/sdk/manifest"

/** A length of time as a pipeline file says it: a whole number and a unit, `500ms`, `4s`, `30m`, `12h`, `7d`. */
export const Duration = Schema.String.check(
  Schema.isPattern(durationPattern, { expected: "a duration like 500ms, 4s, 30m, 12h or 7d" })
)

/** True for a text that {@link Duration} accepts. */
export const isDuration = (text: string): boolean => durationPattern.test(text)
