import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { paint, printable, table } from "./style.ts"
import type { CommandError } from "./command-error.ts"

/** One JSON document on standard output. */
export const printJson = (value: unknown): Effect.Effect<void> => Console.log(JSON.stringify(value, null, 2))

/** One JSON document on a line of its own. */
export const printJsonLine = (value: unknown): Effect.Effect<void> => Console.log(JSON.stringify(value))

export const printLines = (lines: readonly string[]): Effect.Effect<void> =>
  Effect.forEach(lines, (line) => Console.log(line), { discard: true })

/** A heading row and aligned rows below it; says so when there are none. */
export const printTable = (
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  none: string
): Effect.Effect<void> => {
  if (rows.length === 0) return Console.log(none)
  const [head = "", ...body] = table([heading, ...rows.map((row) => row.map(printable))])
  return printLines([paint("bold", head), ...body])
}

/** What went on, on standard error, so that standard output stays what was asked for. */
export const say = (line: string): Effect.Effect<void> => Console.error(line)

/** One error as a program reads it. */
const jsonError = ({ code, message, remedy, where }: CommandError) => ({
  code,
  message,
  ...(where === undefined ? {} : { where }),
  remedy
})

/** Errors as one JSON document on a line of standard error: the first, and all of them where there are several. */
export const printJsonErrors = (errors: readonly CommandError[]): Effect.Effect<void> => {
  const [first, ...others] = errors.map(jsonError)
  return Console.error(JSON.stringify(others.length === 0 ? first : { ...first, errors: [first, ...others] }))
}

/** `error CODE: message`, then where and what to do, on standard error. */
export const printError = (error: CommandError): Effect.Effect<void> => {
  const lines = [
    `${paint("red", `error ${error.code}`, process.stderr)}: ${printable(error.message)}`,
    ...(error.where === undefined ? [] : [`  where: ${printable(error.where)}`]),
    `  remedy: ${printable(error.remedy)}`
  ]
  return Effect.forEach(lines, (line) => Console.error(line), { discard: true })
}
