import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { connect } from "./connect.ts"
import { limitFlag, numberFlag, offsetFlag } from "./number-flag.ts"
import { printRecord } from "./record-line.ts"
import { printJson, printJsonLine, printTable } from "../terminal/print.ts"

const list = Command.make(
  "list",
  {
    all: Flag.Boolean("all").pipe(Flag.withDefault(false), Flag.withDescription("Show internal topics too"))
  },
  (input) =>
    Effect.gen(function* () {
      const { client, json } = yield* connect
      const topics = (yield* client.topics({})).filter((topic) => input.all || !topic.internal)
      if (json) return yield* printJson(topics)
      return yield* printTable(
        ["TOPIC", "PARTITIONS", "RECORDS"],
        topics.map((topic) => [
          topic.name,
          String(topic.partitions),
          String(topic.ends.reduce((sum, end) => sum + BigInt(end), 0n))
        ]),
        "no topics yet"
      )
    })
).pipe(
  Command.withDescription("List the topics of the log"),
  Command.withExamples([{ command: "millrace topic list --all" }])
)

const read = Command.make(
  "read",
  {
    topic: Argument.String("topic").pipe(Argument.withDescription("Name of the topic")),
    partition: numberFlag("partition", 0, 65_535).pipe(
      Flag.withAlias("p"),
      Flag.optional,
      Flag.withDescription("This partition only")
    ),
    from: offsetFlag("from").pipe(
      Flag.optional,
      Flag.withDescription("Offset to begin at; default: the start")
    ),
    limit: limitFlag.pipe(Flag.withDefault(20), Flag.withDescription("Most records to print; default: 20"))
  },
  (input) =>
    Effect.gen(function* () {
      const { client, json } = yield* connect
      const page = yield* client.topicRecords({
        params: { topic: input.topic },
        query: {
          limit: input.limit,
          ...(Option.isSome(input.from) ? { from: input.from.value } : {}),
          ...(Option.isSome(input.partition) ? { partition: input.partition.value } : {})
        }
      })
      yield* Effect.forEach(page.records, (record) => (json ? printJsonLine(record) : printRecord(record)), {
        discard: true
      })
    })
).pipe(
  Command.withDescription("Print records of a topic, decoded"),
  Command.withExamples([
    { command: "millrace topic read studio.movies -n 5" },
    {
      command: "millrace topic read studio.movies --partition 3 --from 100 --json",
      description: "One JSON document a line"
    }
  ])
)

/** `millrace topic list|read` */
export const topicCommand = Command.make("topic").pipe(
  Command.withDescription("Look into the topics of the log"),
  Command.withSubcommands([list, read])
)
