import type { LedgerView } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { connect } from "./connect.ts"
import { endWith } from "../terminal/ending.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { printJson, printLines, printTable } from "../terminal/print.ts"
import { paint } from "../terminal/style.ts"

const pipeline = Argument.String("pipeline").pipe(Argument.withDescription("Name of the pipeline"))

/** `millrace audit PIPELINE` */
export const auditCommand = Command.make("audit", { pipeline }, (input) =>
  Effect.gen(function* () {
    const { client, json } = yield* connect
    const ledger = yield* client.pipelineLedger({ params: input })
    yield* json ? printJson(ledger) : printLedger(ledger)
    if (!ledger.balanced) yield* endWith(exitCode.failed)
  })
).pipe(
  Command.withDescription(
    "Hold a pipeline's records to account: at each node in = handled + filtered + dead, on each edge written = read + lag. Exit code 1: some are lost or repeated"
  ),
  Command.withExamples([
    { command: "millrace audit movies", description: "Every node and edge, and what does not balance" },
    { command: "millrace audit movies --json", description: "For a program, such as a nightly check" }
  ])
)

const printLedger = Effect.fn("printLedger")(function* (ledger: LedgerView) {
  yield* printTable(
    ["NODE", "IN", "HANDLED", "FILTERED", "DEAD", "MISSING", "OUT"],
    ledger.nodes.map((each) => [
      each.node,
      ...[each.in, each.handled, each.filtered, each.dead, each.missing, each.out].map(String)
    ]),
    "no nodes"
  )
  yield* printLines([""])
  yield* printTable(
    ["EDGE", "WRITTEN", "KEPT", "READ BY", "READ", "LAG"],
    ledger.edges.flatMap(({ consumers, kept, topic, written }) => {
      const edge = [topic, String(written), String(kept)]
      return consumers.length === 0
        ? [[...edge, "nobody", "", ""]]
        : consumers.map((each, index) => [
            ...(index === 0 ? edge : ["", "", ""]),
            `${each.pipeline}/${each.chain}`,
            String(each.read),
            String(each.lag)
          ])
    }),
    "no edges between tasks"
  )
  yield* printLines(["", ...verdict(ledger)])
})

const verdict = ({ balanced, imbalances, pipeline: name }: LedgerView): readonly string[] => {
  if (balanced) return [`${paint("green", "balanced")}: every record of ${name} is accounted for`]
  return [
    `${paint("red", "not balanced")}: records of ${name} are not accounted for`,
    ...imbalances.map(
      ({ place, records }) =>
        `  ${place}: ${Math.abs(records)} ${records > 0 ? "lost" : "more than there should be"}`
    )
  ]
}
