import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { registryEndpoints } from "@millrace/sdk/api"
import { makeClient } from "@millrace/registry/client"
import { forgetToken, keepToken, originOf } from "../../credentials.ts"
import { askHidden } from "../../terminal/ask.ts"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"
import { printJson } from "../../terminal/print.ts"
import { root } from "../root.ts"

const url = Argument.String("url").pipe(
  Argument.withDescription("Address of the platform, like https://millrace.example.com")
)

const known = (written: string) => {
  const origin = originOf(written)
  return origin === undefined ? Effect.fail(notAnAddress(written)) : Effect.succeed(origin)
}

/** Never an argument: those stand in the process list and in the shell's history. */
const askToken = Effect.gen(function* () {
  const given = yield* askHidden("Token", noToken)
  const token = given.trim()
  return token === "" ? yield* noToken : token
})

/** `millrace login URL` */
export const loginCommand = Command.make("login", { url }, (input) =>
  Effect.gen(function* () {
    const { json } = yield* root
    const origin = yield* known(input.url)
    const token = yield* askToken
    const { expiresAt, name, scopes } = yield* makeClient(registryEndpoints, { url: origin, token }).whoAmI(
      {}
    )
    const file = yield* keepToken(origin, token)
    if (json) return yield* printJson({ url: origin, name, scopes, expiresAt, file })
    const until = expiresAt === null ? "" : ` until ${new Date(expiresAt).toISOString()}`
    return yield* Console.log(
      `logged in to ${origin} as ${name} (${scopes.join(", ")})${until}; kept in ${file}`
    )
  })
).pipe(
  Command.withDescription(
    "Keep a token for a platform, for --url. It is read from a hidden prompt, or from standard input, and checked first"
  ),
  Command.withExamples([
    { command: "millrace login https://millrace.example.com" },
    { command: "millrace login https://millrace.example.com < token.txt" }
  ])
)

/** `millrace logout URL` */
export const logoutCommand = Command.make("logout", { url }, (input) =>
  Effect.gen(function* () {
    const { json } = yield* root
    const origin = yield* known(input.url)
    const forgotten = yield* forgetToken(origin)
    if (json) return yield* printJson({ url: origin, forgotten })
    return yield* Console.log(
      forgotten ? `the token for ${origin} is forgotten` : `there was none for ${origin}`
    )
  })
).pipe(
  Command.withDescription("Forget the token that login kept; `millrace token revoke` ends it"),
  Command.withExamples([{ command: "millrace logout https://millrace.example.com" }])
)

const notAnAddress = (written: string) =>
  new CommandError({
    code: "URL_INVALID",
    message: `${JSON.stringify(written)} is no address of a platform`,
    remedy: "write it whole, with http:// or https://",
    exit: exitCode.usage
  })

const noToken = new CommandError({
  code: "TOKEN_MISSING",
  message: "there is no token on standard input",
  remedy: "make one with `millrace token create` on the platform, and give it here",
  exit: exitCode.usage
})
