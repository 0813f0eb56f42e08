import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type { LogLine } from "@millrace/sdk/api"
import { connect } from "./connect.ts"
import { limitFlag } from "./number-flag.ts"
import { printRecord } from "./record-line.ts"
import { printJsonLine, printLines } from "../terminal/print.ts"
import { paint, printable } from "../terminal/style.ts"

/** `millrace logs PIPELINE` */
export const logsCommand = Command.make(
  "logs",
  {
    pipeline: Argument.String("pipeline").pipe(Argument.withDescription("Name of the pipeline")),
    node: Flag.String("node").pipe(Flag.optional, Flag.withDescription("Of this node only")),
    limit: limitFlag.pipe(
      Flag.withDefault(200),
      Flag.withDescription("Most lines of the past; default: 200")
    ),
    follow: Flag.Boolean("follow").pipe(
      Flag.withAlias("f"),
      Flag.withDefault(false),
      Flag.withDescription("Go on with what comes")
    )
  },
  (input) =>
    Effect.gen(function* () {
      const { client, json } = yield* connect
      const lines = yield* client.pipelineLogs({
        params: { pipeline: input.pipeline },
        query: {
          limit: input.limit,
          follow: input.follow ? "true" : "false",
          ...(Option.isSome(input.node) ? { node: input.node.value } : {})
        }
      })
      yield* Stream.runForEach(lines, (line) => (json ? printJsonLine(line) : printLines([logText(line)])))
    })
).pipe(
  Command.withDescription("Print what a pipeline's plugins and tasks logged"),
  Command.withExamples([
    { command: "millrace logs movies --follow" },
    { command: "millrace logs movies --node rated -n 20" }
  ])
)

const colours = { debug: "dim", info: "cyan", warn: "yellow", error: "red" } as const

const logText = (line: LogLine): string => {
  const fields = JSON.stringify(line.fields)
  return `${paint("dim", new Date(line.time).toISOString())} ${paint(colours[line.level], line.level.padEnd(5))} ${printable(line.node ?? "-")}  ${printable(line.message)}${fields === "{}" || fields === undefined ? "" : `  ${paint("dim", printable(fields))}`}`
}

/** `millrace tap PIPELINE NODE` */
export const tapCommand = Command.make(
  "tap",
  {
    pipeline: Argument.String("pipeline").pipe(Argument.withDescription("Name of the pipeline")),
    node: Argument.String("node").pipe(Argument.withDescription("Name of the node in the pipeline")),
    limit: limitFlag.pipe(Flag.withDefault(10), Flag.withDescription("Records to wait for; default: 10"))
  },
  (input) =>
    Effect.gen(function* () {
      const { client, json } = yield* connect
      const records = yield* client.tapNode({
        params: { pipeline: input.pipeline, node: input.node },
        query: { limit: input.limit }
      })
      yield* Stream.runForEach(records, (record) => (json ? printJsonLine(record) : printRecord(record)))
    })
).pipe(
  Command.withDescription("Show the next records that a node gives, live"),
  Command.withExamples([{ command: "millrace tap movies rated -n 3" }])
)
