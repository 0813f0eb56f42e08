import type { PipelineStatus, TaskStatus } from "@millrace/sdk/api"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { type Connection, connect } from "../connect.ts"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"
import { printJson } from "../../terminal/print.ts"
import { progress } from "../../terminal/progress.ts"
import { printable } from "../../terminal/style.ts"

const pipeline = Argument.String("pipeline").pipe(Argument.withDescription("Name of the pipeline"))

type TaskState = (typeof TaskStatus.Type)["state"]

/** Between batches, or behind all of them: nothing of the pipeline moves any more. */
const atRest: ReadonlySet<TaskState> = new Set(["paused", "completed", "failed", "stopped"])
const held: ReadonlySet<TaskState> = new Set(["paused", "stopped"])
/** At ten a second: a batch that takes longer than a minute is told of. */
const mostPolls = 600

/** `millrace pipeline pause PIPELINE` */
export const pauseCommand = Command.make("pause", { pipeline }, (input) =>
  Effect.scoped(
    Effect.gen(function* () {
      const connection = yield* connect
      yield* connection.client.pausePipeline({ params: input })
      const isAtRest = ({ tasks }: PipelineStatus) => tasks.every(({ state }) => atRest.has(state))
      const status = yield* follow(connection, input.pipeline, isAtRest, (state) => atRest.has(state))
      if (!isAtRest(status)) return yield* stillMoves(status)
      return yield* told(connection, status)
    })
  )
).pipe(
  Command.withDescription(
    "Stop its tasks after the batch in hand; nothing is lost. Ends when all have stopped"
  ),
  Command.withExamples([{ command: "millrace pipeline pause orders" }])
)

/** `millrace pipeline resume PIPELINE` */
export const resumeCommand = Command.make("resume", { pipeline }, (input) =>
  Effect.scoped(
    Effect.gen(function* () {
      const connection = yield* connect
      yield* connection.client.resumePipeline({ params: input })
      const goesOn = ({ state, tasks }: PipelineStatus) =>
        state === "failed" || (state !== "starting" && tasks.every((task) => !held.has(task.state)))
      const status = yield* follow(connection, input.pipeline, goesOn, (state) => !held.has(state))
      if (status.state === "failed") return yield* stillFails(status)
      return yield* told(connection, status)
    })
  )
).pipe(
  Command.withDescription(
    "Go on after a pause, a failure, or a stop by the error budget. Exit code 1: it fails again at once"
  ),
  Command.withExamples([{ command: "millrace pipeline resume orders" }])
)

/** Polls until the pipeline is as wanted, and tells how many of its tasks are. */
const follow = Effect.fnUntraced(function* (
  { client }: Connection,
  name: string,
  isWanted: (status: PipelineStatus) => boolean,
  isThere: (state: TaskState) => boolean
) {
  const line = yield* progress
  const poll = Effect.gen(function* () {
    const status = yield* client.pipelineStatus({ params: { pipeline: name } })
    const there = status.tasks.filter(({ state }) => isThere(state)).length
    if (!isWanted(status)) yield* line(`${name}: ${there} of ${status.tasks.length} tasks`)
    return status
  })
  return yield* Effect.repeat(poll, {
    schedule: Schedule.spaced("100 millis"),
    times: mostPolls,
    until: isWanted
  })
})

const told = ({ json }: Connection, status: PipelineStatus) =>
  json ? printJson(status) : Console.log(`${printable(status.pipeline)} is ${status.state}`)

const stillMoves = ({ pipeline: name, tasks }: PipelineStatus) => {
  const moving = tasks.filter(({ state }) => !atRest.has(state))
  return new CommandError({
    code: "PAUSE_PENDING",
    message: `${name} is to pause, and ${moving.length} of its ${tasks.length} tasks still have a batch in hand after a minute`,
    where: moving.map(({ chain, partition }) => `${chain}/${partition}`).join(", "),
    remedy: `wait, and look with \`millrace status ${name}\`: each stops after its batch`,
    exit: exitCode.failed
  })
}

const stillFails = (status: PipelineStatus) => {
  const error = status.tasks.find((task) => task.error !== undefined)?.error
  const name = status.pipeline
  return new CommandError({
    code: error?.code ?? "PIPELINE_STOPPED",
    message: error?.message ?? `${name} is ${status.state}`,
    where: `${name}${error?.node === undefined ? "" : `, node ${error.node}`}`,
    remedy: `correct the cause that \`millrace logs ${name}\` tells and apply, or go back with \`millrace pipeline rollback ${name}\``,
    exit: exitCode.failed
  })
}
