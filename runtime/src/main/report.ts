import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { ClientError } from "@millrace/registry/client"
import { ApiError } from "@millrace/sdk/api"
import { CommandError, CommandErrors } from "./terminal/command-error.ts"
import { type ExitCode, exitCode } from "./terminal/exit-code.ts"
import { printError, printJsonErrors } from "./terminal/print.ts"

/**
 * Prints why a command failed, as text or as one JSON document, and answers its exit code. A bug prints its cause whole:
 * it is not the user's to mend.
 */
export const report = (cause: Cause.Cause<unknown>, json: boolean): Effect.Effect<ExitCode> => {
  const failure = Cause.findError(cause)
  const error = Result.isFailure(failure) ? undefined : failure.success
  const errors = commandErrors(error)
  const exit = errors[0]?.exit
  if (exit !== undefined) return Effect.as(json ? printJsonErrors(errors) : printAll(errors), exit)
  // The command line's own parser has printed what was wrong, with the help.
  if (hasTag(error) && error._tag === "ShowHelp") return Effect.succeed(helpExit(error))
  return reportDefect(cause, json)
}

const printAll = (errors: readonly CommandError[]) => Effect.forEach(errors, printError, { discard: true })

/** What a command can fail with, as its users are told it; none for a bug. */
const commandErrors = (error: unknown): readonly CommandError[] => {
  if (error instanceof CommandError) return [error]
  if (error instanceof CommandErrors) return error.errors
  if (error instanceof ApiError) return [fromApi(error)]
  return error instanceof ClientError ? [fromClient(error)] : []
}

const hasTag = (error: unknown): error is { readonly _tag: string; readonly errors?: readonly unknown[] } =>
  typeof error === "object" && error !== null && "_tag" in error

const helpExit = (error: { readonly errors?: readonly unknown[] }): ExitCode =>
  error.errors === undefined || error.errors.length === 0 ? exitCode.done : exitCode.usage

const fromApi = (error: ApiError): CommandError =>
  new CommandError({
    code: error.code,
    message: error.message,
    ...(error.path === undefined ? {} : { where: error.path }),
    remedy: error.remedy ?? "see the log of the platform",
    exit: exitOf(error.status)
  })

const fromClient = (error: ClientError): CommandError =>
  new CommandError({
    code: `CLIENT_${error.reason.toUpperCase().replaceAll("-", "_")}`,
    message: error.message,
    remedy: error.remedy,
    exit: exitCode.unavailable
  })

const exitOf = (status: number): ExitCode => {
  if (status === 401 || status === 403) return exitCode.notPermitted
  if (status >= 500) return exitCode.unavailable
  return status === 400 || status === 422 ? exitCode.badInput : exitCode.failed
}

const reportDefect = (cause: Cause.Cause<unknown>, json: boolean): Effect.Effect<ExitCode> => {
  const text = Cause.pretty(cause)
  const bug = new CommandError({
    code: "INTERNAL",
    message: `this is a bug: ${text}`,
    remedy: "please report it",
    exit: exitCode.failed
  })
  return Effect.as(
    json ? printJsonErrors([bug]) : Console.error(`millrace: this is a bug, please report it\n${text}`),
    exitCode.failed
  )
}
