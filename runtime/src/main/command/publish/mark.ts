import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"
import { printJson } from "../../terminal/print.ts"
import { connect } from "../connect.ts"

const version = Argument.String("version").pipe(Argument.withDescription("A version, as @acme/movies@1.2.0"))
const undo = Flag.Boolean("undo").pipe(Flag.withDefault(false), Flag.withDescription("Take it back"))
const reason = (what: string) =>
  Flag.String("reason").pipe(Flag.withDefault(""), Flag.withDescription(`Why, for whoever ${what}`))

interface Marking {
  readonly version: string
  readonly undo: boolean
  readonly reason: string
}

const mark = Effect.fn("mark")(function* (which: "deprecated" | "yanked", input: Marking) {
  const { json, registry } = yield* connect
  const found = /^(@[^/@]+)\/([^/@]+)@([^@]+)$/.exec(input.version)
  const [, scope = "", name = "", number = ""] = found ?? []
  if (found === null) return yield* notAVersion(input.version)
  if (!input.undo && input.reason === "") return yield* noReason(which)
  const value = input.undo ? null : input.reason
  const detail = yield* registry.markVersion({
    params: { scope, name, version: number },
    body: which === "yanked" ? { yanked: value } : { deprecated: value }
  })
  if (json) return yield* printJson(detail)
  return yield* Console.log(`${input.version} is ${input.undo ? "no longer " : ""}${which}`)
})

/** `millrace yank VERSION` */
export const yankCommand = Command.make("yank", { version, undo, reason: reason("finds it gone") }, (input) =>
  mark("yanked", input)
).pipe(
  Command.withDescription(
    "Take a version out of resolution: no range finds it any more. Pipelines whose lock names it go on with it"
  ),
  Command.withExamples([
    { command: 'millrace yank @acme/movies@1.2.0 --reason "loses records"' },
    { command: "millrace yank @acme/movies@1.2.0 --undo" }
  ])
)

/** `millrace deprecate VERSION` */
export const deprecateCommand = Command.make(
  "deprecate",
  { version, undo, reason: reason("plans with it") },
  (input) => mark("deprecated", input)
).pipe(
  Command.withDescription("Advise against a version: ranges prefer others, and plans warn"),
  Command.withExamples([{ command: 'millrace deprecate @acme/movies@1.2.0 --reason "use 2.0"' }])
)

const notAVersion = (written: string) =>
  new CommandError({
    code: "VERSION_INVALID",
    message: `${JSON.stringify(written)} names no version of a package`,
    remedy: "write scope, name and version: @acme/movies@1.2.0",
    exit: exitCode.usage
  })

const noReason = (which: string) =>
  new CommandError({
    code: "REASON_MISSING",
    message: `a version is ${which} for a reason`,
    remedy: "say it with --reason TEXT, or take it back with --undo",
    exit: exitCode.usage
  })
