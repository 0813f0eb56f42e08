import * as Schema from "effect/Schema"
import { exitCode } from "./exit-code.ts"

/** What a command says when it cannot do what was asked: a stable code, what, where, and what to do. */
export class CommandError extends Schema.TaggedError<CommandError>()("CommandError", {
  code: Schema.String,
  message: Schema.String,
  /** File and line, URL, or path; absent when the message names it. */
  where: Schema.optionalKey(Schema.String),
  remedy: Schema.String,
  exit: Schema.Literals(Object.values(exitCode))
}) {}

/** Several faults of one input, each with its place. */
export class CommandErrors extends Schema.TaggedError<CommandErrors>()("CommandErrors", {
  errors: Schema.Array(CommandError)
}) {}
