import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Command from "effect/cli/Command"
import packageJson from "../../package.json" with { type: "json" }
import { Failpoint } from "../telemetry/failpoint.ts"
import { armedFailpoint } from "./armed-failpoint.ts"
import { millrace } from "./command/millrace.ts"
import { countBatchesAsHeap } from "./heap-limits.ts"
import { report } from "./report.ts"
import { Ending, makeEnding } from "./terminal/ending.ts"
import { usageOnStandardError } from "./terminal/usage.ts"
import { exitCode } from "./terminal/exit-code.ts"

countBatchesAsHeap()

// Also of a command line that could not be read.
const isJson = process.argv.slice(2).some((argument) => /^--json(?:=true)?$/.test(argument))

// The three things that main does: it reads the arguments, runs the command, and ends with the right exit code.
const program = Effect.gen(function* () {
  const ending = yield* makeEnding
  const exit = yield* Command.run(millrace, { version: packageJson.version }).pipe(
    Effect.provideService(Ending, ending),
    Effect.provide(usageOnStandardError(isJson)),
    Effect.exit
  )
  if (Exit.isSuccess(exit)) return yield* Ref.get(ending)
  if (Cause.hasInterruptsOnly(exit.cause)) return 130
  return yield* report(exit.cause, isJson)
})

const failpoint = armedFailpoint(process.env)
const armed = failpoint === undefined ? program : Effect.provideService(program, Failpoint, failpoint)

// As a shell tells it: 128 and the number of the signal that it was ended by.
let interrupted = 130
process.once("SIGTERM", () => (interrupted = 143))

const endOf = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit)) return typeof exit.value === "number" ? exit.value : exitCode.failed
  return Cause.hasInterruptsOnly(exit.cause) ? interrupted : exitCode.failed
}

// Nobody reads Effect's spans here. What a function answered stays with its span, and the span with the fibers that were begun in it: of
// each pipeline that runs the plan's text with whole bundles, for as long as it runs.
const untraced = Effect.withTracerEnabled(armed, false)

NodeRuntime.runMain(untraced.pipe(Effect.provide(Layer.mergeAll(NodeServices.layer))), {
  disableErrorReporting: true,
  teardown: (exit, onExit) => onExit(endOf(exit))
})
