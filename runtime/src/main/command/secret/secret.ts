import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { printJson, printTable } from "../../terminal/print.ts"
import { connect } from "../connect.ts"
import { askValue } from "./ask-value.ts"

const name = Argument.String("name").pipe(
  Argument.withDescription("Name of the secret, as pipelines and plugins call it")
)

const set = Command.make("set", { name }, (input) =>
  Effect.gen(function* () {
    const { json, registry } = yield* connect
    const value = yield* askValue(input.name)
    const done = yield* registry.setSecret({ params: { secret: input.name }, body: { value } })
    if (json) return yield* printJson(done)
    return yield* Console.log(`${done.name} is set`)
  })
).pipe(
  Command.withDescription(
    "Set a secret, or change it. Its value is read from a hidden prompt, or from standard input (without the last line end); it is never an argument, and never shown again"
  ),
  Command.withExamples([
    { command: "millrace secret set STUDIO_TOKEN" },
    { command: "millrace secret set STUDIO_TOKEN < token.txt" }
  ])
)

const list = Command.make("list", {}, () =>
  Effect.gen(function* () {
    const { json, registry } = yield* connect
    const { secrets } = yield* registry.listSecrets({})
    if (json) return yield* printJson(secrets)
    const minute = (at: number) => new Date(at).toISOString().slice(0, 16).replace("T", " ")
    return yield* printTable(
      ["NAME", "CHANGED", "BY", "KEY"],
      secrets.map((each) => [
        each.name,
        minute(each.changedAt),
        each.changedBy,
        each.readable ? "here" : "missing"
      ]),
      "no secrets"
    )
  })
).pipe(
  Command.withDescription("List secrets, without their values"),
  Command.withExamples([{ command: "millrace secret list" }])
)

const remove = Command.make("delete", { name }, (input) =>
  Effect.gen(function* () {
    const { json, registry } = yield* connect
    yield* registry.deleteSecret({ params: { secret: input.name } })
    if (json) return yield* printJson({ name: input.name, deleted: true })
    return yield* Console.log(`${input.name} is deleted; requests that need it fail from now on`)
  })
).pipe(
  Command.withDescription("Delete a secret"),
  Command.withExamples([{ command: "millrace secret delete STUDIO_TOKEN" }])
)

const rotate = Command.make("rotate", {}, () =>
  Effect.gen(function* () {
    const { json, registry } = yield* connect
    const done = yield* registry.rotateSecrets({})
    if (json) return yield* printJson(done)
    return yield* Console.log(
      `${done.secrets} ${done.secrets === 1 ? "secret is" : "secrets are"} sealed with the new key ${done.key}; the old one is gone`
    )
  })
).pipe(
  Command.withDescription("Make a new key, and seal all secrets anew with it; their values stay"),
  Command.withExamples([{ command: "millrace secret rotate" }])
)

/** `millrace secret set|list|delete|rotate` */
export const secretCommand = Command.make("secret").pipe(
  Command.withDescription("Secrets: what plugins send or sign with, and never see"),
  Command.withSubcommands([set, list, remove, rotate])
)
