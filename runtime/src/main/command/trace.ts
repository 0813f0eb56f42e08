import type { TraceView } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { connect } from "./connect.ts"
import { numberFlag } from "./number-flag.ts"
import { printJson, printLines, printTable } from "../terminal/print.ts"
import { paint } from "../terminal/style.ts"
import * as Flag from "effect/cli/Flag"

const pipeline = Argument.String("pipeline").pipe(
  Argument.optional,
  Argument.withDescription("Only traces that this pipeline had a part in")
)
const limit = numberFlag("limit", 1, 1_000).pipe(
  Flag.withDefault(20),
  Flag.withDescription("At most so many; default: 20")
)

const outcome = Flag.Literals("outcome", ["handled", "filtered", "failed"]).pipe(
  Flag.optional,
  Flag.withDescription("Only traces that ended so; failed: at some node")
)
const slowest = Flag.Boolean("slowest").pipe(
  Flag.withDefault(false),
  Flag.withDescription("Those that took longest first, not the newest")
)

const list = Command.make("list", { pipeline, limit, outcome, slowest }, (input) =>
  Effect.gen(function* () {
    const { client, json } = yield* connect
    const traces = yield* client.listTraces({
      query: {
        limit: input.limit,
        order: input.slowest ? "slowest" : "newest",
        ...Option.match(input.outcome, { onNone: () => ({}), onSome: (each) => ({ outcome: each }) }),
        ...Option.match(input.pipeline, { onNone: () => ({}), onSome: (name) => ({ pipeline: name }) })
      }
    })
    if (json) return yield* printJson(traces)
    return yield* printTable(
      ["TRACE", "BEGAN", "TOOK", "NODES", "OUTCOME", "PIPELINES"],
      traces.map((each) => [
        each.traceId,
        new Date(each.beganAt).toISOString(),
        `${each.durationMs} ms`,
        String(each.spans),
        each.outcome,
        each.pipelines.join(", ")
      ]),
      "no traces yet: a record of each source's task is followed every second"
    )
  })
).pipe(
  Command.withDescription("List sampled records that were followed, the newest first"),
  Command.withExamples([
    { command: "millrace trace list movies" },
    { command: "millrace trace list movies --slowest", description: "Where does the time go?" },
    { command: "millrace trace list movies --outcome failed" }
  ])
)

const trace = Argument.String("trace").pipe(Argument.withDescription("Id of the trace"))

const show = Command.make("show", { trace }, (input) =>
  Effect.gen(function* () {
    const { client, json } = yield* connect
    const found = yield* client.showTrace({ params: { traceId: input.trace } })
    return yield* json ? printJson(found) : printTrace(found)
  })
).pipe(
  Command.withDescription("Show a record's way: node by node, when, and what became of it"),
  Command.withExamples([{ command: "millrace trace show 4bf92f3577b34da6a3ce929d0e0e4736" }])
)

/** `millrace trace` */
export const traceCommand = Command.make("trace").pipe(
  Command.withDescription("Sampled records, followed across nodes and topics"),
  Command.withSubcommands([list, show])
)

const width = 40

/** A bar for the time of each span, all on one scale. */
const printTrace = Effect.fn("printTrace")(function* (found: TraceView) {
  const { beganAt, durationMs } = found
  const place = (at: number): number => Math.round(((at - beganAt) / Math.max(1, durationMs)) * width)
  yield* printLines([`trace ${found.traceId}, ${new Date(beganAt).toISOString()}, ${durationMs} ms`, ""])
  yield* printTable(
    ["NODE", "AT", "TOOK", "OUTCOME", "OUT", ""],
    found.all.map((span) => [
      `${span.pipeline}/${span.node}/${span.partition}`,
      `+${span.beganAt - beganAt} ms`,
      `${span.endedAt - span.beganAt} ms`,
      span.outcome,
      String(span.out),
      " ".repeat(place(span.beganAt)) +
        paint(
          span.outcome === "failed" ? "red" : "cyan",
          "#".repeat(Math.max(1, place(span.endedAt) - place(span.beganAt)))
        )
    ]),
    "no spans"
  )
})
