import * as Schema from "effect/Schema"
import * as Flag from "effect/cli/Flag"

/** A flag that takes a whole number within bounds; another is wrong usage. */
export const numberFlag = (name: string, minimum: number, maximum: number) =>
  Flag.Int(name).pipe(
    Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum, maximum }))),
    Flag.withMetavar("NUMBER")
  )

/** `--limit`, within what the API answers at once. */
export const limitFlag = numberFlag("limit", 1, 10_000).pipe(Flag.withAlias("n"))

/** An offset of the log, as the API takes it. */
export const offsetFlag = (name: string) =>
  Flag.String(name).pipe(
    Flag.withSchema(Schema.String.check(Schema.isPattern(/^\d{1,18}$/))),
    Flag.withMetavar("OFFSET")
  )
