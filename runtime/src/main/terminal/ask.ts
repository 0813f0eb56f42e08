import { text } from "node:stream/consumers"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Prompt from "effect/cli/Prompt"
import type { CommandError } from "./command-error.ts"

/** Somebody sits there who can read a question and answer it; never where a program reads what we say. */
export const canAsk = (json: boolean): boolean =>
  !json && process.stdin.isTTY === true && process.stdout.isTTY === true

/** Asks at the terminal. Broken off, it leaves the cursor on a line of its own. */
const ask = <A>(prompt: Prompt.Prompt<A>) =>
  Prompt.run(prompt).pipe(Effect.onError(() => Effect.sync(() => void process.stdout.write("\n"))))

/** A question of yes or no; no, unless told otherwise. Only where {@link canAsk}. */
export const askYes = (question: string) => ask(Prompt.Confirm({ message: question }))

/**
 * A text that must not be seen: from a prompt that shows neither it nor its length, else all of standard input. Fails with
 * `unasked` where standard input is a terminal and nobody would see the question.
 */
export const askHidden = (question: string, unasked: CommandError) => {
  if (process.stdin.isTTY !== true) return Effect.promise(() => text(process.stdin))
  return process.stdout.isTTY === true
    ? Effect.map(ask(Prompt.Hidden({ message: `${question} (what you type is not shown)` })), Redacted.value)
    : Effect.fail(unasked)
}
