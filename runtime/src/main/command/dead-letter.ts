import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { connect } from "./connect.ts"
import { limitFlag } from "./number-flag.ts"
import { printJson, printTable, say } from "../terminal/print.ts"

const pipeline = Argument.String("pipeline").pipe(Argument.withDescription("Name of the pipeline"))
const node = Flag.String("node").pipe(Flag.optional, Flag.withDescription("Of this node only"))

const list = Command.make(
  "list",
  {
    pipeline,
    node,
    limit: limitFlag.pipe(Flag.withDefault(50), Flag.withDescription("Most letters to list; default: 50"))
  },
  (input) =>
    Effect.gen(function* () {
      const { client, json } = yield* connect
      const letters = yield* client.deadLetters({
        params: { pipeline: input.pipeline },
        query: { limit: input.limit, ...(Option.isSome(input.node) ? { node: input.node.value } : {}) }
      })
      if (json) return yield* printJson(letters)
      return yield* printTable(
        ["ID", "NODE", "CODE", "AT", "REPLAYED", "MESSAGE"],
        letters.map((letter) => [
          letter.id,
          letter.node,
          letter.tag ?? letter.code,
          `${letter.topic} ${letter.partition}@${letter.offset}`,
          letter.replayed ? "yes" : "no",
          letter.message
        ]),
        "no dead letters"
      )
    })
).pipe(
  Command.withDescription("List the records that a pipeline set aside"),
  Command.withExamples([{ command: "millrace dlq list movies" }])
)

const show = Command.make(
  "show",
  {
    pipeline,
    id: Argument.String("id").pipe(Argument.withDescription("Id of the dead letter, as list shows it"))
  },
  (input) =>
    Effect.gen(function* () {
      const { client } = yield* connect
      yield* printJson(yield* client.deadLetter({ params: input }))
    })
).pipe(
  Command.withDescription("Print one dead letter whole"),
  Command.withExamples([{ command: "millrace dlq show movies 0-12" }])
)

const replay = Command.make(
  "replay",
  {
    pipeline,
    node,
    ids: Argument.String("id").pipe(
      Argument.variadic(),
      Argument.withDescription("Dead letters to put back in; default: all that were not yet")
    )
  },
  (input) =>
    Effect.gen(function* () {
      const { client, json } = yield* connect
      const answer = yield* client.replayDeadLetters({
        params: { pipeline: input.pipeline },
        body: {
          ...(input.ids.length > 0 ? { ids: input.ids } : {}),
          ...(Option.isSome(input.node) ? { node: input.node.value } : {})
        }
      })
      if (json) return yield* printJson(answer)
      yield* Console.log(`${answer.replayed} put back in`)
      if (answer.replayed > 0)
        yield* say("`millrace status` shows how they fare; what fails again is a new dead letter")
    })
).pipe(
  Command.withDescription(
    "Put dead letters back in at the node that failed them, each once; without ids all that were not replayed"
  ),
  Command.withExamples([
    { command: "millrace dlq replay movies" },
    { command: "millrace dlq replay movies 0-12 0-13" }
  ])
)

/** `millrace dlq list|show|replay` */
export const deadLetterCommand = Command.make("dlq").pipe(
  Command.withDescription("Dead letters: records that failed, with why"),
  Command.withSubcommands([list, show, replay])
)
