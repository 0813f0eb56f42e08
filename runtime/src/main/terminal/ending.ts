import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import { type ExitCode, exitCode } from "./exit-code.ts"

/** The exit code that a command which did not fail ends with; 0 until a command says otherwise. */
export class Ending extends Context.Service<Ending, Ref.Ref<ExitCode>>()("millrace/main/Ending") {}

export const makeEnding = Ref.make<ExitCode>(exitCode.done)

export const endWith = (code: ExitCode): Effect.Effect<void, never, Ending> =>
  Effect.flatMap(Ending, (ending) => Ref.set(ending, code))
