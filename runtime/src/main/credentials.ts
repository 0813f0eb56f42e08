import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import { homedir } from "node:os"

/** Tokens by the origin of the platform that they are for. */
const Credentials = Schema.fromJsonString(
  Schema.Struct({ version: Schema.Literal(1), tokens: Schema.Record(Schema.String, Schema.String) })
)
type Tokens = { readonly [origin: string]: string }

const file = Effect.map(Path.Path, (path) =>
  path.join(process.env["XDG_CONFIG_HOME"] ?? path.join(homedir(), ".config"), "millrace", "credentials.json")
)

const readTokens = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const text = yield* Effect.orElseSucceed(fs.readFileString(yield* file), () => "")
  const read = yield* Effect.option(Schema.decodeUnknownEffect(Credentials)(text))
  return read._tag === "Some" ? read.value.tokens : {}
})

/** Readable by its owner alone, and never half-written. */
const writeTokens = Effect.fnUntraced(function* (tokens: Tokens) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const target = yield* file
  const text = yield* Effect.orDie(Schema.encodeEffect(Credentials)({ version: 1, tokens }))
  yield* Effect.orDie(fs.makeDirectory(path.dirname(target), { recursive: true, mode: 0o700 }))
  yield* Effect.orDie(fs.writeFileString(`${target}.new`, text, { mode: 0o600 }))
  yield* Effect.orDie(fs.rename(`${target}.new`, target))
  return target
})

/** `https://host:port`, without path; undefined for what is no http address. */
export const originOf = (url: string): string | undefined => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  return parsed?.protocol === "http:" || parsed?.protocol === "https:" ? parsed.origin : undefined
}

/** The token that `millrace login` kept for a platform. */
export const keptToken = Effect.fn("keptToken")(function* (url: string) {
  const tokens: Tokens = yield* readTokens
  const origin = originOf(url)
  return origin !== undefined && Object.hasOwn(tokens, origin) ? tokens[origin] : undefined
})

/** Keeps a token for a platform; answers the file. */
export const keepToken = Effect.fn("keepToken")(function* (origin: string, token: string) {
  return yield* writeTokens({ ...(yield* readTokens), [origin]: token })
})

/** Forgets a platform's token; false when there was none. */
export const forgetToken = Effect.fn("forgetToken")(function* (origin: string) {
  const tokens: Tokens = yield* readTokens
  if (!Object.hasOwn(tokens, origin)) return false
  yield* writeTokens(Object.fromEntries(Object.entries(tokens).filter(([name]) => name !== origin)))
  return true
})
