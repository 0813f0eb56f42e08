import * as Effect from "effect/Effect"
import { askYes, canAsk } from "../../terminal/ask.ts"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"

/** Asks at the terminal before something that cannot be taken back; elsewhere, and on a no, it is refused. */
export const agree = Effect.fn("agree")(function* (
  question: string,
  { json, yes }: { readonly json: boolean; readonly yes: boolean }
) {
  if (yes || (canAsk(json) && (yield* askYes(question)))) return
  return yield* new CommandError({
    code: "NOT_CONFIRMED",
    message: `nothing was done: ${question}`,
    remedy: "look at what it would do, and say --yes",
    exit: exitCode.notPermitted
  })
})
