import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as CliOutput from "effect/cli/CliOutput"
import { CommandError } from "./command-error.ts"
import { exitCode } from "./exit-code.ts"
import { printJsonErrors } from "./print.ts"

const usageError = (error: { readonly message: string }) =>
  new CommandError({
    code: "USAGE",
    message: error.message,
    remedy: "see the command's --help",
    exit: exitCode.usage
  })

/** Help that was not asked for goes to standard error with what was wrong, so that a program's input stays clean. */
export const usageOnStandardError = (json: boolean) =>
  CliOutput.layerPresenter({
    present: (event) =>
      event._tag === "InvalidInvocation"
        ? json
          ? printJsonErrors(event.errors.map(usageError))
          : Effect.gen(function* () {
              const formatter = yield* CliOutput.Formatter
              yield* Console.error(formatter.formatHelpDoc(event.helpDoc))
              yield* Console.error(formatter.formatErrors(event.errors))
            })
        : CliOutput.defaultPresenter.present(event)
  })
