import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type { PipelineStatus } from "@millrace/sdk/api"
import { applyFile } from "./apply-file.ts"
import { connectOrStart, type Connection } from "./connect.ts"
import { consent } from "./apply.ts"
import { pipelineInput } from "./plan.ts"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { printJson, say } from "../terminal/print.ts"
import { progress } from "../terminal/progress.ts"

/** `millrace run FILE --until-end` */
export const runCommand = Command.make(
  "run",
  {
    ...pipelineInput,
    ...consent,
    untilEnd: Flag.Boolean("until-end").pipe(
      Flag.withDefault(false),
      Flag.withDescription("End when its bounded sources have ended and all of it is committed")
    )
  },
  (input) =>
    Effect.scoped(
      Effect.gen(function* () {
        const connection = yield* connectOrStart
        const applied = yield* applyFile(connection, input)
        const status = yield* follow(connection, applied.pipeline, input.untilEnd)
        if (connection.json) return yield* printJson(status)
        return yield* Console.log(summary(status))
      })
    )
).pipe(
  Command.withDescription("Apply a pipeline and follow it, in the platform that is up or in one of its own"),
  Command.withExamples([
    {
      command: "millrace run movies.pipeline.yaml --until-end --grant",
      description: "Run a bounded pipeline to its end, as a job"
    }
  ])
)

const counted = (status: PipelineStatus): number =>
  status.nodes.reduce((sum, node) => sum + (node.kind === "source" ? node.totals.out : 0), 0)

const summary = (status: PipelineStatus): string =>
  `${status.pipeline}: ${status.state}, ${counted(status)} records read, ${status.deadLetters} ${status.deadLetters === 1 ? "dead letter" : "dead letters"}`

/** Polls until the pipeline has ended; fails when it failed. */
export const follow = Effect.fn("follow")(function* (
  connection: Connection,
  pipeline: string,
  untilEnd: boolean
) {
  const line = yield* progress
  const poll = Effect.gen(function* () {
    const status = yield* connection.client.pipelineStatus({ params: { pipeline } })
    yield* line(summary(status))
    return status
  })
  const status = yield* Effect.repeat(poll, {
    schedule: Schedule.spaced("200 millis"),
    until: (each: PipelineStatus) =>
      each.state === "failed" || each.state === "degraded" || (untilEnd && each.state === "completed")
  })
  if (status.state === "completed") return status
  const error = status.tasks.find((task) => task.error !== undefined)?.error
  yield* say("")
  return yield* new CommandError({
    code: error?.code ?? "PIPELINE_STOPPED",
    message: error?.message ?? `${pipeline} is ${status.state}`,
    where: `${pipeline}${error?.node === undefined ? "" : `, node ${error.node}`}`,
    remedy: `see \`millrace dlq list ${pipeline}\` and \`millrace logs ${pipeline}\`, correct the cause, then \`millrace pipeline resume ${pipeline}\``,
    exit: exitCode.failed
  })
})
