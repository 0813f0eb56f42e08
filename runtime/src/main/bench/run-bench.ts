import { SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { TaskFailure } from "../../worker/task/task-failure.ts"
import { sandboxOptions } from "../sandbox-options.ts"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { progress } from "../terminal/progress.ts"
import { appendRows, openSurroundings } from "./bench-log.ts"
import type { BenchOptions } from "./bench-options.ts"
import { benchPlan } from "./bench-plan.ts"
import { measurePlugin } from "./measure-plugin.ts"
import { reportLines } from "./report-lines.ts"
import { readSubject } from "./subject.ts"

/** `millrace bench`: measures a processor in its sandbox, with a log of its own in `data`. */
export const runBench = Effect.fn("runBench")(function* (options: BenchOptions, data: string) {
  const report = yield* Effect.scoped(
    Effect.gen(function* () {
      const tell = options.json ? () => Effect.void : yield* progress
      yield* tell("Bundling and planning")
      const subject = yield* readSubject(options)
      const plan = yield* benchPlan(subject)
      const environment = yield* openSurroundings(data)
      for (const table of subject.inputs.filter(({ isTable }) => isTable))
        yield* appendRows(environment.transport, table)
      return yield* measurePlugin({ environment, options, plan, subject, tell }).pipe(
        Effect.catchTag("TaskFailure", (failure) => Effect.fail(stopped(failure)))
      )
    })
  ).pipe(Effect.provide(SandboxPool.layer(poolOptions)))
  yield* options.json ? printJson(report) : printLines(reportLines(report))
})

const stopped = ({ code, message }: TaskFailure): CommandError =>
  new CommandError({
    code: "BENCH_STOPPED",
    message: `the plugin could not be run: ${code}: ${message}`,
    remedy: "run it with `millrace dev`, which shows where it fails",
    exit: exitCode.failed
  })

/** One process for a domain, which is never parked: the time of an ended process could not be told. */
const poolOptions = { ...sandboxOptions, processesPerDomain: 1, parkAfterMs: 3_600_000 }
