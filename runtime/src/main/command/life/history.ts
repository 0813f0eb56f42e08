import type { RevisionView } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { connect } from "../connect.ts"
import { numberFlag } from "../number-flag.ts"
import { printJson, printLines } from "../../terminal/print.ts"
import { paint, printable } from "../../terminal/style.ts"

/** `millrace pipeline history PIPELINE` */
export const historyCommand = Command.make(
  "history",
  {
    pipeline: Argument.String("pipeline").pipe(Argument.withDescription("Name of the pipeline")),
    limit: numberFlag("limit", 1, 1000).pipe(
      Flag.withAlias("n"),
      Flag.withDefault(20),
      Flag.withDescription("Most revisions; default: 20")
    )
  },
  ({ limit, pipeline }) =>
    Effect.gen(function* () {
      const { client, json } = yield* connect
      const revisions = yield* client.pipelineHistory({ params: { pipeline }, query: { limit } })
      yield* json ? printJson(revisions) : printLines(revisions.flatMap(revisionLines))
    })
).pipe(
  Command.withDescription(
    "List a pipeline's revisions, the newest first: who, when, why, and what each changed"
  ),
  Command.withExamples([
    { command: "millrace pipeline history orders" },
    { command: "millrace pipeline history orders -n 3 --json" }
  ])
)

const signs = { add: "+", remove: "-", change: "~", note: " " } as const

const revisionLines = ({ at, by, changes, revision, what }: RevisionView): readonly string[] => [
  paint(
    "bold",
    `revision ${revision}, ${new Date(at).toISOString()}, by ${printable(by)}: ${printable(what)}`
  ),
  ...changes.map(({ action, text }) => `  ${signs[action]} ${printable(text)}`)
]
