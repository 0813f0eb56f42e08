import { readFile } from "node:fs/promises"
import * as Schema from "effect/Schema"
import { expiryOf, type Token } from "./kept-token.ts"
import { tokenRefused, tokenUnavailable } from "./token-failure.ts"

/** What an endpoint is asked with. */
export interface ClientCredentials {
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: { readonly text: string } | { readonly file: string }
  readonly scope?: string | undefined
  readonly audience?: string | undefined
}

const timeoutMs = 10_000

const Answer = Schema.Struct({ access_token: Schema.String, expires_in: Schema.optionalKey(Schema.Number) })
const decodeAnswer = Schema.decodeUnknownOption(Answer)
const Refusal = Schema.Struct({
  error: Schema.String,
  error_description: Schema.optionalKey(Schema.String)
})
const decodeRefusal = Schema.decodeUnknownOption(Refusal)

/** Asks for a token by a client's credentials (RFC 6749, 4.4), which go in the header `Authorization`. */
export const tokenForClient = async (credentials: ClientCredentials): Promise<Token> => {
  const { audience, clientId, scope, tokenUrl } = credentials
  const secret = await secretOf(credentials.clientSecret)
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    ...(scope === undefined ? {} : { scope }),
    ...(audience === undefined ? {} : { audience })
  })
  const authorization = `Basic ${Buffer.from(`${formed(clientId)}:${formed(secret)}`).toString("base64")}`
  const askedAt = Date.now()
  const reply = await fetch(tokenUrl, {
    method: "POST",
    headers: { accept: "application/json", authorization },
    body,
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs)
  }).catch((cause: unknown) => {
    throw tokenUnavailable(`${tokenUrl} does not answer: ${wordsOf(cause)}`)
  })
  const text = await reply.text().catch(() => "")
  if (reply.status >= 500 || reply.status === 429)
    throw tokenUnavailable(`${tokenUrl} answered ${reply.status}`)
  if (!reply.ok) throw tokenRefused(`${tokenUrl} answered ${reply.status}${refusalIn(text)}`)
  const answer = decodeAnswer(parsed(text))
  if (answer._tag === "None") throw tokenRefused(`${tokenUrl} answered without an access_token`)
  const { access_token: value, expires_in: seconds } = answer.value
  return { value, expiresAt: seconds === undefined ? expiryOf(value) : askedAt + seconds * 1_000 }
}

const secretOf = async (secret: ClientCredentials["clientSecret"]): Promise<string> => {
  if ("text" in secret) return secret.text
  try {
    return (await readFile(secret.file, "utf8")).trim()
  } catch {
    throw tokenRefused(`the client's secret in ${secret.file} cannot be read`)
  }
}

/** As RFC 6749, 2.3.1 wants it: form-encoded before it is joined. */
const formed = (text: string): string => new URLSearchParams([["", text]]).toString().slice(1)

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const refusalIn = (text: string): string => {
  const refusal = decodeRefusal(parsed(text))
  if (refusal._tag === "None") return ""
  const { error, error_description: why } = refusal.value
  return `: ${[error, why].filter((each) => each !== undefined).join(": ")}`
}

const wordsOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause instanceof Error ? cause.cause.message : cause.message
}
