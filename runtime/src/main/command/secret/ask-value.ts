import * as Effect from "effect/Effect"
import { askHidden } from "../../terminal/ask.ts"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"

/** Asks for a secret's value: hidden on a terminal, else all of standard input. Never an argument: those stand in the process list and in the shell's history. */
export const askValue = Effect.fn("askValue")(function* (name: string) {
  const given = yield* askHidden(name, noValue(name))
  const value = given.replace(/\r?\n$/, "")
  return value === "" ? yield* noValue(name) : value
})

const noValue = (name: string) =>
  new CommandError({
    code: "SECRET_MISSING",
    message: "there is no value on standard input",
    remedy: `give it there: millrace secret set ${name} < FILE`,
    exit: exitCode.usage
  })
