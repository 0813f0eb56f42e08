import type { ResetRequest, ResetView } from "@millrace/sdk/api"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { connect } from "../connect.ts"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"
import { printJson, printLines } from "../../terminal/print.ts"
import { printable } from "../../terminal/style.ts"
import { agree } from "./agree.ts"

/** `millrace pipeline reset PIPELINE --to start|OFFSET|TIME` */
export const resetCommand = Command.make(
  "reset",
  {
    pipeline: Argument.String("pipeline").pipe(Argument.withDescription("Name of the pipeline")),
    to: Flag.String("to").pipe(
      Flag.withMetavar("PLACE"),
      Flag.withDescription("start, an offset of the streams it reads, or a time like 2026-01-31T12:00:00Z")
    ),
    dryRun: Flag.Boolean("dry-run").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Only show what it would do")
    ),
    yes: Flag.Boolean("yes").pipe(
      Flag.withAlias("y"),
      Flag.withDefault(false),
      Flag.withDescription("Do not ask")
    )
  },
  (input) =>
    Effect.gen(function* () {
      const { client, json } = yield* connect
      const target = yield* targetOf(input.to)
      const params = { pipeline: input.pipeline }
      const preview = yield* client.resetPipeline({ params, body: { target, dryRun: true } })
      if (input.dryRun) return yield* json ? printJson(preview) : printReset(preview)
      if (!json) yield* printReset(preview)
      yield* agree(`Set ${input.pipeline} back? What its nodes keep is lost.`, { json, yes: input.yes })
      const done = yield* client.resetPipeline({ params, body: { target, dryRun: false } })
      yield* json ? printJson(done) : Console.log(`${printable(done.pipeline)} is set back`)
    })
).pipe(
  Command.withDescription("Set a pipeline back to an earlier place in what it reads; its state begins empty"),
  Command.withExamples([
    { command: "millrace pipeline reset movies --to start --dry-run" },
    {
      command: "millrace pipeline reset orders --to 2026-01-31T12:00:00Z",
      description: "Asks before it does"
    },
    { command: "millrace pipeline reset orders --to 1200 --yes", description: "An offset; for scripts" }
  ])
)

const targetOf = (to: string): Effect.Effect<ResetRequest["target"], CommandError> => {
  if (to === "start") return Effect.succeed({ to: "start" })
  if (/^\d{1,18}$/.test(to)) return Effect.succeed({ to: "offset", offset: to })
  const time = /^\d{4}-\d\d-\d\d/.test(to) ? Date.parse(to) : Number.NaN
  if (!Number.isNaN(time)) return Effect.succeed({ to: "time", time })
  return Effect.fail(
    new CommandError({
      code: "USAGE",
      message: `--to ${to}: it is neither start, nor an offset, nor a time`,
      remedy: "write start, a number, or a time like 2026-01-31T12:00:00Z",
      exit: exitCode.usage
    })
  )
}

const signs = { add: "+", remove: "-", change: "~", note: " " } as const

const printReset = ({ changes, pipeline }: ResetView) =>
  printLines([
    `${printable(pipeline)} would be set back`,
    ...changes.map(({ action, text }) => `  ${signs[action]} ${printable(text)}`)
  ])
