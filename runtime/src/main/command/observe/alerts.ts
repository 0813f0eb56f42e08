import type { AlertView } from "@millrace/sdk/api"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { printJson, printLines, say } from "../../terminal/print.ts"
import { printable } from "../../terminal/style.ts"
import { connect } from "../connect.ts"
import { silenceCommand, silencesCommand, unsilenceCommand } from "./silence.ts"

const pipeline = Flag.String("pipeline").pipe(
  Flag.optional,
  Flag.withDescription("Of this pipeline only; default: of all, of sandboxes and of the platform")
)

const rules = Command.make("rules", {}, () =>
  Effect.gen(function* () {
    const { json, observe } = yield* connect
    const yaml = yield* observe.alertRules({})
    return yield* json ? printJson({ rules: yaml }) : Console.log(yaml.trimEnd())
  })
).pipe(
  Command.withDescription("Print all alert rules in force, as Prometheus loads them"),
  Command.withExamples([{ command: "millrace alerts rules > millrace.rules.yml" }])
)

/** `millrace alerts`, and its silences and rules. */
export const alertsCommand = Command.make("alerts", { pipeline }, (input) =>
  Effect.gen(function* () {
    const { json, observe } = yield* connect
    const query = Option.isSome(input.pipeline) ? { pipeline: input.pipeline.value } : {}
    const alerts = yield* observe.listAlerts({ query })
    if (json) return yield* printJson(alerts)
    if (alerts.length === 0) return yield* say("no alerts: nothing fires, and nothing did in the last hours")
    return yield* printLines(alerts.flatMap(alertLines).map((line) => printable(line)))
  })
).pipe(
  Command.withDescription("Show what alerts: firing, about to fire, and resolved in the last hours"),
  Command.withExamples([
    { command: "millrace alerts" },
    { command: "millrace alerts --pipeline movies --json" }
  ]),
  Command.withSubcommands([silenceCommand, unsilenceCommand, silencesCommand, rules])
)

/** What it is, then what to do about it while there is anything to do. */
const alertLines = (alert: AlertView): readonly string[] => {
  const { owner, remedy, resolvedAt, rule, severity, silencedBy, since, state, summary } = alert
  const from = new Date(since).toISOString()
  const when = resolvedAt === undefined ? `since ${from}` : `${from} to ${new Date(resolvedAt).toISOString()}`
  const more = [
    severity,
    when,
    ...(owner === "" ? [] : [owner]),
    ...(silencedBy === undefined ? [] : ["silenced"])
  ]
  const head = `${state.toUpperCase()} ${rule}: ${summary} (${more.join(", ")})`
  return resolvedAt === undefined ? [head, `  ${remedy}`] : [head]
}
