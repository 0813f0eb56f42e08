import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { historyCommand } from "./life/history.ts"
import { pauseCommand, resumeCommand } from "./life/pause.ts"
import { promoteCommand } from "./life/promote.ts"
import { resetCommand } from "./life/reset.ts"
import { rollbackCommand } from "./life/rollback.ts"
import { savepointCommands } from "./life/savepoint.ts"
import { connect } from "./connect.ts"
import { printJson, printLines, printTable } from "../terminal/print.ts"

const pipeline = Argument.String("pipeline").pipe(Argument.withDescription("Name of the pipeline"))

const list = Command.make("list", {}, () =>
  Effect.gen(function* () {
    const { client, json } = yield* connect
    const { pipelines } = yield* client.platformStatus({})
    if (json)
      return yield* printJson(
        pipelines.map(({ pipeline: name, owner, state, revision, planHash }) => ({
          pipeline: name,
          owner,
          state,
          revision,
          planHash
        }))
      )
    return yield* printTable(
      ["PIPELINE", "STATE", "REVISION", "OWNER"],
      pipelines.map((each) => [each.pipeline, each.state, String(each.revision), each.owner]),
      "no pipelines yet"
    )
  })
).pipe(Command.withDescription("List the pipelines"))

const show = Command.make("show", { pipeline }, (input) =>
  Effect.gen(function* () {
    const { client, registry, json } = yield* connect
    const status = yield* client.pipelineStatus({ params: input })
    const stored = yield* registry.getPipeline({ params: input })
    if (json) return yield* printJson({ ...stored, state: status.state })
    return yield* printLines([
      `# ${stored.name}, revision ${stored.latest.revision}, applied by ${stored.latest.appliedBy}, ${status.state}`,
      stored.latest.text
    ])
  })
).pipe(
  Command.withDescription("Print the pipeline as it was applied"),
  Command.withExamples([{ command: "millrace pipeline show movies" }])
)

const remove = Command.make("delete", { pipeline }, (input) =>
  Effect.gen(function* () {
    const { client, json } = yield* connect
    yield* client.removePipeline({ params: input })
    yield* json
      ? printJson({ pipeline: input.pipeline, deleted: true })
      : Console.log(`${input.pipeline} is gone; the streams that it named stay`)
  })
).pipe(Command.withDescription("Stop a pipeline and forget its offsets, cursors and state"))

/** `millrace pipeline list|show|history|pause|resume|promote|rollback|reset|savepoint|savepoints|savepoint-delete|delete` */
export const pipelineCommand = Command.make("pipeline").pipe(
  Command.withDescription("The pipelines that are applied"),
  Command.withSubcommands([
    list,
    show,
    historyCommand,
    pauseCommand,
    resumeCommand,
    promoteCommand,
    rollbackCommand,
    resetCommand,
    ...savepointCommands,
    remove
  ])
)
