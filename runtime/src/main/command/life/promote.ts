import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { connect } from "../connect.ts"
import { printJson } from "../../terminal/print.ts"
import { printable } from "../../terminal/style.ts"

/** `millrace pipeline promote PIPELINE` */
export const promoteCommand = Command.make(
  "promote",
  { pipeline: Argument.String("pipeline").pipe(Argument.withDescription("Name of the pipeline")) },
  (params) =>
    Effect.gen(function* () {
      const { client, json } = yield* connect
      const done = yield* client.promotePipeline({ params })
      yield* json
        ? printJson(done)
        : Console.log(`${printable(done.pipeline)}: all partitions run it, as revision ${done.revision}`)
    })
).pipe(
  Command.withDescription("Take the canary that runs to all partitions; nothing is lost or repeated"),
  Command.withExamples([
    { command: "millrace apply orders.pipeline.yaml --canary 25%", description: "Starts one" },
    { command: "millrace pipeline promote orders" },
    { command: "millrace pipeline rollback orders", description: "Ends it instead" }
  ])
)
