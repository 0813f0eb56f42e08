import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { connect } from "../connect.ts"
import { printJson, printTable } from "../../terminal/print.ts"

const pipeline = Argument.String("pipeline").pipe(Argument.withDescription("Name of the pipeline"))

const take = Command.make(
  "savepoint",
  {
    pipeline,
    name: Argument.String("name").pipe(
      Argument.optional,
      Argument.withDescription("Name of the savepoint; default: the time")
    )
  },
  (input) =>
    Effect.gen(function* () {
      const { client, json } = yield* connect
      const body = Option.isSome(input.name) ? { savepoint: input.name.value } : {}
      const taken = yield* client.takeSavepoint({ params: { pipeline: input.pipeline }, body })
      yield* json
        ? printJson(taken)
        : Console.log(
            `${taken.pipeline}/${taken.savepoint}: ${taken.bytes} bytes, of revision ${taken.revision}`
          )
    })
).pipe(
  Command.withDescription(
    "Put aside all that a pipeline keeps, between two batches: places, state, timers, event time, sink tokens"
  ),
  Command.withExamples([
    { command: "millrace pipeline savepoint orders before-upgrade" },
    {
      command: "millrace apply orders.pipeline.yaml --from orders/before-upgrade",
      description: "Begin as it was then"
    }
  ])
)

const list = Command.make("savepoints", { pipeline: pipeline.pipe(Argument.optional) }, (input) =>
  Effect.gen(function* () {
    const { client, json } = yield* connect
    const found = yield* client.listSavepoints({
      query: Option.isSome(input.pipeline) ? { pipeline: input.pipeline.value } : {}
    })
    if (json) return yield* printJson(found)
    return yield* printTable(
      ["SAVEPOINT", "REVISION", "TAKEN", "BYTES"],
      found.map(({ bytes, isDamaged, pipeline: name, revision, savepoint, takenAt }) => [
        `${name}/${savepoint}`,
        isDamaged ? "damaged" : String(revision),
        new Date(takenAt).toISOString(),
        String(bytes)
      ]),
      "no savepoints"
    )
  })
).pipe(
  Command.withDescription("List savepoints, of one pipeline or of all"),
  Command.withExamples([{ command: "millrace pipeline savepoints orders" }])
)

const remove = Command.make(
  "savepoint-delete",
  { pipeline, name: Argument.String("name").pipe(Argument.withDescription("Name of the savepoint")) },
  (input) =>
    Effect.gen(function* () {
      const { client, json } = yield* connect
      yield* client.deleteSavepoint({ params: { pipeline: input.pipeline, savepoint: input.name } })
      yield* json
        ? printJson({ pipeline: input.pipeline, savepoint: input.name, deleted: true })
        : Console.log(`${input.pipeline}/${input.name} is gone`)
    })
).pipe(
  Command.withDescription("Delete a savepoint"),
  Command.withExamples([{ command: "millrace pipeline savepoint-delete orders before-upgrade" }])
)

/** `millrace pipeline savepoint|savepoints|savepoint-delete` */
export const savepointCommands = [take, list, remove] as const
