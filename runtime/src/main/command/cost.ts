import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { connect } from "./connect.ts"
import { byteCount } from "../terminal/byte-count.ts"
import { printJson, printTable } from "../terminal/print.ts"

const by = Flag.Literals("by", ["plugin", "owner", "pipeline"]).pipe(
  Flag.withDefault("plugin"),
  Flag.withDescription("Add up by what runs, by who owns the pipeline, or by pipeline; default: plugin")
)

/** `millrace cost` */
export const costCommand = Command.make("cost", { by }, (input) =>
  Effect.gen(function* () {
    const { client, json } = yield* connect
    const costs = yield* client.cost({ query: input })
    if (json) return yield* printJson(costs)
    return yield* printTable(
      [input.by.toUpperCase(), "CPU", "SHARE", "IN", "OUT", "STATE", "NODES"],
      costs.map((each) => [
        each.name,
        `${each.cpuSeconds.toFixed(1)} s`,
        `${(each.share * 100).toFixed(1)} %`,
        byteCount(each.bytesIn),
        byteCount(each.bytesOut),
        byteCount(each.stateBytes),
        String(each.nodes)
      ]),
      "nothing has run yet"
    )
  })
).pipe(
  Command.withDescription(
    "Show what plugins, owners or pipelines took of this platform since it started: CPU of their sandboxes, bytes, state"
  ),
  Command.withExamples([
    { command: "millrace cost", description: "By plugin, the dearest first" },
    { command: "millrace cost --by owner --json", description: "For who writes the bills" }
  ])
)
