import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { applyFile } from "./apply-file.ts"
import { connect } from "./connect.ts"
import { pipelineInput } from "./plan.ts"
import { printJson } from "../terminal/print.ts"

/** How `apply` and `run` may consent to what the plan asks for. */
export const consent = {
  grant: Flag.Boolean("grant").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Grant the permissions that the plan asks for")
  )
}

/** `millrace apply FILE` */
export const applyCommand = Command.make("apply", { ...pipelineInput, ...consent }, (input) =>
  Effect.gen(function* () {
    const connection = yield* connect
    const applied = yield* applyFile(connection, input)
    if (connection.json) return yield* printJson(applied)
    return yield* Console.log(
      applied.changed
        ? `applied as revision ${applied.revision}`
        : `nothing to change: revision ${applied.revision} stands`
    )
  })
).pipe(
  Command.withDescription("Apply a pipeline: exactly what plan shows, without losing or repeating a record"),
  Command.withExamples([
    { command: "millrace apply movies.pipeline.yaml", description: "Asks before it grants a permission" },
    {
      command: "millrace apply movies.pipeline.yaml --grant",
      description: "Grants what plan shows; for scripts"
    },
    {
      command: "millrace apply movies.pipeline.yaml --canary 25%",
      description: "Tries it on a quarter of the partitions"
    }
  ])
)
