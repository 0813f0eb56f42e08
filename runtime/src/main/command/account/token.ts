import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"
import { printJson, printTable, say } from "../../terminal/print.ts"
import { connect } from "../connect.ts"
import { loadDurations } from "../load.ts"

const create = Command.make(
  "create",
  {
    name: Argument.String("name").pipe(Argument.withDescription("Who uses it: what the audit log will say")),
    scopes: Flag.String("scope").pipe(
      Flag.atLeast(1),
      Flag.withDescription(
        "What it allows, as often as needed: read, work, admin, or publish, schemas, pipelines, grants, secrets, ingest, alone or for one: publish:@acme"
      )
    ),
    expires: Flag.String("expires").pipe(
      Flag.withMetavar("DURATION"),
      Flag.optional,
      Flag.withDescription("How long it is good for, like 12h or 90d; default: until it is revoked")
    )
  },
  ({ expires, name, scopes }) =>
    Effect.gen(function* () {
      const { json, registry } = yield* connect
      const { durationMs, isDuration } = yield* loadDurations
      const life = Option.getOrUndefined(expires)
      if (life !== undefined && !isDuration(life)) return yield* badDuration(life)
      const issued = yield* registry.createToken({
        body: { name, scopes, ...(life === undefined ? {} : { expiresInMs: durationMs(life) }) }
      })
      if (json) return yield* printJson(issued)
      yield* say(`token ${issued.id} for ${name} (${scopes.join(", ")}); it is shown this once`)
      return yield* Console.log(issued.token)
    })
).pipe(
  Command.withDescription("Issue a token; it is printed once, and only its hash is kept"),
  Command.withExamples([
    { command: "millrace token create ci --scope publish:@acme --expires 90d" },
    { command: "millrace token create deploy --scope pipelines --scope grants" },
    { command: "millrace token create workers --scope work", description: "For `millrace worker`" }
  ])
)

const list = Command.make("list", {}, () =>
  Effect.gen(function* () {
    const { json, registry } = yield* connect
    const { tokens } = yield* registry.listTokens({})
    if (json) return yield* printJson(tokens)
    const day = (at: number | null, none: string) =>
      at === null ? none : new Date(at).toISOString().slice(0, 16).replace("T", " ")
    return yield* printTable(
      ["ID", "NAME", "SCOPES", "CREATED", "BY", "EXPIRES", "REVOKED"],
      tokens.map((token) => [
        String(token.id),
        token.name,
        token.scopes.join(" "),
        day(token.createdAt, ""),
        token.createdBy,
        day(token.expiresAt, "never"),
        day(token.revokedAt, "no")
      ]),
      "no tokens"
    )
  })
).pipe(
  Command.withDescription("List tokens, without the tokens themselves"),
  Command.withExamples([{ command: "millrace token list" }])
)

const revoke = Command.make(
  "revoke",
  { id: Argument.Int("id").pipe(Argument.withDescription("Id of the token, as list shows it")) },
  ({ id }) =>
    Effect.gen(function* () {
      const { json, registry } = yield* connect
      yield* registry.revokeToken({ params: { id } })
      if (json) return yield* printJson({ id, revoked: true })
      return yield* Console.log(`token ${id} is revoked`)
    })
).pipe(
  Command.withDescription("End a token at once"),
  Command.withExamples([{ command: "millrace token revoke 3" }])
)

/** `millrace token create|list|revoke` */
export const tokenCommand = Command.make("token").pipe(
  Command.withDescription("Tokens: who may do what, and until when"),
  Command.withSubcommands([create, list, revoke])
)

const badDuration = (text: string) =>
  new CommandError({
    code: "DURATION_INVALID",
    message: `${JSON.stringify(text)} is no duration`,
    where: "--expires",
    remedy: "write a whole number and a unit: 30m, 12h, 90d",
    exit: exitCode.usage
  })
