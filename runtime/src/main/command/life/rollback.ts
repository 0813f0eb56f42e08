import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { agreeToGrant } from "../apply-file.ts"
import { connect } from "../connect.ts"
import { numberFlag } from "../number-flag.ts"
import { printPlan } from "../print-plan.ts"
import { canAsk } from "../../terminal/ask.ts"
import { printJson } from "../../terminal/print.ts"
import { printable } from "../../terminal/style.ts"

/** `millrace pipeline rollback PIPELINE` */
export const rollbackCommand = Command.make(
  "rollback",
  {
    pipeline: Argument.String("pipeline").pipe(Argument.withDescription("Name of the pipeline")),
    to: numberFlag("to", 1, 2_147_483_647).pipe(
      Flag.withMetavar("REVISION"),
      Flag.optional,
      Flag.withDescription(
        "The revision to take again; default: the last one that did other work and could run"
      )
    ),
    dryRun: Flag.Boolean("dry-run").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Only show what it would change")
    ),
    grant: Flag.Boolean("grant").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Grant what the earlier plan asks for")
    ),
    discardState: Flag.Boolean("discard-state").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Let state begin empty that the earlier plan cannot read")
    )
  },
  ({ discardState, dryRun, grant: flag, pipeline, to: wanted }) =>
    Effect.gen(function* () {
      const { client, json } = yield* connect
      const params = { pipeline }
      const named = Option.isSome(wanted) ? { to: wanted.value } : {}
      const shown = yield* client.planRollback({ params, body: { ...named, discardState } })
      if (dryRun && json) return yield* printJson(shown)
      if (!json) {
        yield* Console.log(`back to revision ${shown.to}`)
        yield* printPlan(shown.plan, false)
      }
      if (dryRun) return
      const grant = yield* agreeToGrant(shown.plan, flag, canAsk(json))
      const { from, to } = shown
      const done = yield* client.rollbackPipeline({ params, body: { from, to, grant, discardState } })
      yield* json
        ? printJson({ ...done, to })
        : Console.log(`${printable(pipeline)}: revision ${to} taken again as revision ${done.revision}`)
    })
).pipe(
  Command.withDescription(
    "Take an earlier revision again, as it was, as a new revision; nothing is lost or repeated"
  ),
  Command.withExamples([
    { command: "millrace pipeline rollback orders --dry-run", description: "What it would change" },
    { command: "millrace pipeline rollback orders --to 3" }
  ])
)
