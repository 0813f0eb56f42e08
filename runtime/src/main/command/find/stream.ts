import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type { StreamDetail, StreamSummary } from "@millrace/sdk/api"
import { printJson, printLines, printTable } from "../../terminal/print.ts"
import { paint, printable } from "../../terminal/style.ts"
import { connect } from "../connect.ts"

const filter = (name: string, metavar: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.optional, Flag.withDescription(description))

const filters = {
  search: filter("search", "TEXT", "Streams with this text in their name, owner, fields or docs"),
  field: filter("field", "FIELD", "Streams with a field of this name"),
  owner: filter("owner", "OWNER", "Streams of this owner"),
  package: filter("package", "PACKAGE", "Streams that this package writes or reads")
}

const list = Command.make("list", filters, (input) =>
  Effect.gen(function* () {
    const { client, json } = yield* connect
    const given = Object.entries(input).flatMap(([name, value]) =>
      Option.isSome(value) ? [[name, value.value] as const] : []
    )
    const streams: StreamSummary[] = []
    for (let after: string | null = ""; after !== null;) {
      const query: { readonly [name: string]: string } = {
        ...Object.fromEntries(given),
        ...(after === "" ? {} : { after })
      }
      const page: { readonly streams: readonly StreamSummary[]; readonly next: string | null } =
        yield* client.listStreams({ query })
      streams.push(...page.streams)
      after = page.next
    }
    if (json) return yield* printJson(streams)
    return yield* printTable(
      ["STREAM", "OWNER", "VERSION", "KEY", "WRITTEN BY", "READ BY", "RECORDS", "NEWEST RECORD"],
      streams.map((stream) => [
        stream.stream,
        stream.owner ?? "-",
        stream.version === null ? "-" : String(stream.version),
        stream.key.join(", ") || "-",
        producerText(stream),
        stream.readBy.join(", ") || "-",
        stream.records,
        instant(stream.lastRecordAt)
      ]),
      given.length === 0 ? "no streams yet: a pipeline names one with stream:" : "no such stream"
    )
  })
).pipe(
  Command.withDescription("The catalogue: every named stream, who writes it and who reads it"),
  Command.withExamples([
    { command: "millrace stream list" },
    { command: "millrace stream list --field director", description: "Which streams have a director?" }
  ])
)

const show = Command.make(
  "show",
  {
    stream: Argument.String("stream").pipe(
      Argument.withDescription("Name of the stream, which is also its subject")
    )
  },
  (input) =>
    Effect.gen(function* () {
      const { client, json } = yield* connect
      const stream = yield* client.getStream({ params: input })
      return yield* json ? printJson(stream) : printStream(stream)
    })
).pipe(
  Command.withDescription("A stream with its fields, where they come from, and the nodes that consume each"),
  Command.withExamples([{ command: "millrace stream show studio.movies" }])
)

const printStream = Effect.fn("printStream")(function* (stream: StreamDetail) {
  yield* printLines(
    [
      `${stream.stream}${stream.version === null ? "" : `, schema version ${stream.version}`}`,
      `  owner:     ${stream.owner ?? "none"}`,
      `  key:       ${stream.key.join(", ") || "none"}`,
      `  written by ${producerText(stream)}${stream.producer === null ? "" : `, ${stream.producer.plugin}`}`,
      `  records:   ${stream.records} in ${stream.partitions} partitions`,
      `  newest:    ${instant(stream.lastRecordAt)} by its own time; last commit ${instant(stream.lastCommitAt)}`,
      ""
    ].map(printable)
  )
  yield* printTable(
    ["FIELD", "TYPE", "FROM", "CONSUMED BY", "DOC"],
    stream.fields.map((field) => [
      `${field.name}${field.sensitive ? " (sensitive)" : ""}`,
      field.type,
      field.origins.join(", ") || "-",
      stream.consumers
        .filter(({ fields }) => fields.includes(field.name))
        .map(({ node, pipeline }) => `${pipeline}/${node}`)
        .join(", ") || "-",
      field.doc ?? ""
    ]),
    "no schema is known"
  )
  yield* printLines(["", paint("bold", "Consumers")])
  yield* printTable(
    ["PIPELINE", "NODE", "PLUGIN", "READS"],
    stream.consumers.map((each) => [
      each.pipeline,
      each.node,
      each.plugin,
      `${each.fields.join(", ") || "no field"}${each.direct ? "" : " (through nodes before it)"}`
    ]),
    "nobody reads it"
  )
})

const producerText = ({ producer }: StreamSummary): string =>
  producer === null ? "nobody any more" : `${producer.pipeline}/${producer.node}`

const instant = (time: number | null): string => (time === null ? "never" : new Date(time).toISOString())

/** `millrace stream list|show` */
export const streamCommand = Command.make("stream").pipe(
  Command.withDescription("The catalogue of streams"),
  Command.withSubcommands([list, show])
)
