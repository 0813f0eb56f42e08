import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { FieldEdits } from "@millrace/sdk/api"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { connect } from "./connect.ts"
import { limitFlag } from "./number-flag.ts"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
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
        ["ID", "NODE", "CODE", "AT", "IS", "MESSAGE"],
        letters.map((letter) => [
          letter.id,
          letter.node,
          letter.tag ?? letter.code,
          `${letter.topic} ${letter.partition}@${letter.offset}`,
          letter.replayed ? "replayed" : letter.discarded ? "discarded" : "open",
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
    set: Flag.String("set").pipe(
      Flag.withMetavar("JSON"),
      Flag.optional,
      Flag.withDescription("Fields that go in with another value, as a JSON object; for one dead letter")
    ),
    ids: Argument.String("id").pipe(
      Argument.variadic(),
      Argument.withDescription("Dead letters to put back in; default: all that are open")
    )
  },
  (input) =>
    Effect.gen(function* () {
      const { client, json } = yield* connect
      const edits = yield* editsOf(input.ids, input.set)
      const answer = yield* client.replayDeadLetters({
        params: { pipeline: input.pipeline },
        body: {
          ...(input.ids.length > 0 ? { ids: input.ids } : {}),
          ...(Option.isSome(input.node) ? { node: input.node.value } : {}),
          ...(edits === undefined ? {} : { edits })
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
    { command: "millrace dlq replay movies 0-12 0-13" },
    {
      command: `millrace dlq replay movies 0-12 --set '{"rating": 7.5}'`,
      description: "Mended: this field with another value, all others as they are"
    }
  ])
)

const Fields = Schema.fromJsonString(FieldEdits)

/** The edit of the one dead letter that `--set` is for. */
const editsOf = Effect.fnUntraced(function* (ids: readonly string[], set: Option.Option<string>) {
  if (Option.isNone(set)) return undefined
  const [id] = ids
  const fields = yield* Effect.option(Schema.decodeUnknownEffect(Fields)(set.value))
  if (id !== undefined && ids.length === 1 && Option.isSome(fields)) return { [id]: fields.value }
  return yield* new CommandError({
    code: "USAGE",
    message: "--set takes a JSON object of fields, and goes with one id",
    where: "--set",
    remedy: `write it like: millrace dlq replay movies 0-12 --set '{"rating": 7.5}'`,
    exit: exitCode.usage
  })
})

const discard = Command.make(
  "discard",
  {
    pipeline,
    ids: Argument.String("id").pipe(
      Argument.variadic({ min: 1 }),
      Argument.withDescription("Dead letters to put away")
    )
  },
  (input) =>
    Effect.gen(function* () {
      const { client, json } = yield* connect
      const answer = yield* client.discardDeadLetters({
        params: { pipeline: input.pipeline },
        body: { ids: input.ids }
      })
      if (json) return yield* printJson(answer)
      return yield* Console.log(`${answer.discarded} discarded`)
    })
).pipe(
  Command.withDescription("Put dead letters away: they stay in the log, but are no longer replayed"),
  Command.withExamples([{ command: "millrace dlq discard movies 0-12 0-13" }])
)

/** `millrace dlq list|show|replay|discard` */
export const deadLetterCommand = Command.make("dlq").pipe(
  Command.withDescription("Dead letters: records that failed, with why"),
  Command.withSubcommands([list, show, replay, discard])
)
