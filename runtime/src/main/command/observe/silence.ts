import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"
import { printJson, printTable } from "../../terminal/print.ts"
import { connect } from "../connect.ts"
import { loadDurations } from "../load.ts"

/** `millrace alerts silence [RULE] --label NAME=VALUE --for DURATION --reason TEXT` */
export const silenceCommand = Command.make(
  "silence",
  {
    rule: Argument.String("rule").pipe(
      Argument.optional,
      Argument.withDescription("Alerts of this rule only; default: of every rule")
    ),
    labels: Flag.String("label").pipe(
      Flag.withMetavar("NAME=VALUE"),
      Flag.atLeast(0),
      Flag.withDescription("Alerts with this label only, as often as needed: pipeline=movies, node=rated")
    ),
    for: Flag.String("for").pipe(
      Flag.withMetavar("DURATION"),
      Flag.withDescription("How long, like 30m, 12h or 7d")
    ),
    reason: Flag.String("reason").pipe(Flag.withDescription("Why: for whoever wonders at the quiet"))
  },
  (input) =>
    Effect.gen(function* () {
      const { durationMs, isDuration } = yield* loadDurations
      if (!isDuration(input.for)) return yield* badDuration(input.for)
      const labels = yield* Effect.forEach(input.labels, labelOf)
      if (labels.length === 0 && Option.isNone(input.rule)) return yield* silencesAll
      const { json, observe } = yield* connect
      const silence = yield* observe.addSilence({
        body: {
          ...(Option.isSome(input.rule) ? { rule: input.rule.value } : {}),
          labels: Object.fromEntries(labels),
          until: (yield* Clock.currentTimeMillis) + durationMs(input.for),
          reason: input.reason
        }
      })
      if (json) return yield* printJson(silence)
      return yield* Console.log(`silence ${silence.id} until ${new Date(silence.until).toISOString()}`)
    })
).pipe(
  Command.withDescription("Keep alerts from being told for a while; they are still shown"),
  Command.withExamples([
    {
      command: `millrace alerts silence lagging --label pipeline=movies --for 2h --reason "the backfill runs"`
    },
    { command: `millrace alerts silence --label pipeline=movies --for 30m --reason "the database moves"` }
  ])
)

/** `millrace alerts unsilence ID` */
export const unsilenceCommand = Command.make(
  "unsilence",
  { id: Argument.String("id").pipe(Argument.withDescription("Id of the silence, as silences shows it")) },
  ({ id }) =>
    Effect.gen(function* () {
      const { json, observe } = yield* connect
      yield* observe.removeSilence({ params: { id } })
      return yield* json ? printJson({ id, ended: true }) : Console.log(`silence ${id} has ended`)
    })
).pipe(
  Command.withDescription("End a silence: what still fires is told"),
  Command.withExamples([{ command: "millrace alerts unsilence 0b7e1c52-8a3f-4c0e-9f62-5d1f0a3c7e11" }])
)

/** `millrace alerts silences` */
export const silencesCommand = Command.make("silences", {}, () =>
  Effect.gen(function* () {
    const { json, observe } = yield* connect
    const silences = yield* observe.listSilences({})
    if (json) return yield* printJson(silences)
    return yield* printTable(
      ["ID", "RULE", "LABELS", "UNTIL", "BY", "REASON"],
      silences.map(({ by, id, labels, reason, rule, until }) => [
        id,
        rule ?? "every",
        Object.entries(labels)
          .map(([name, value]) => `${name}=${value}`)
          .join(" "),
        new Date(until).toISOString(),
        by,
        reason
      ]),
      "no silences"
    )
  })
).pipe(
  Command.withDescription("List the silences in force"),
  Command.withExamples([{ command: "millrace alerts silences" }])
)

const labelOf = (text: string): Effect.Effect<readonly [string, string], CommandError> => {
  const [matched, name = "", value = ""] = /^([a-z][a-z_]*)=(.+)$/s.exec(text) ?? []
  return matched === undefined
    ? Effect.fail(
        new CommandError({
          code: "USAGE",
          message: `${JSON.stringify(text)} is no label with a value`,
          where: "--label",
          remedy: "write NAME=VALUE, such as pipeline=movies or domain=@acme",
          exit: exitCode.usage
        })
      )
    : Effect.succeed([name, value])
}

const silencesAll = new CommandError({
  code: "USAGE",
  message: "this would silence every alert there is",
  where: "alerts silence",
  remedy: "name a rule, or what it is about with --label pipeline=NAME",
  exit: exitCode.usage
})

const badDuration = (text: string) =>
  new CommandError({
    code: "DURATION_INVALID",
    message: `${JSON.stringify(text)} is no duration`,
    where: "--for",
    remedy: "write a whole number and a unit: 30m, 12h, 7d",
    exit: exitCode.usage
  })
