import type { Json } from "@millrace/sdk/avro"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { RegistrySettings } from "./registry-settings.ts"

/** Why a schema registry did not do what it was asked. */
export class RegistryFailure extends Schema.TaggedError<RegistryFailure>()("RegistryFailure", {
  /** `unavailable`: it does not answer, or by 5xx, 408, 425 or 429. `unauthorized`: by 401 or 403. `refused`: by anything else. */
  reason: Schema.Literals(["unavailable", "unauthorized", "refused"]),
  /** What was asked of whom, and the registry's words. */
  message: Schema.String
}) {}

/** A schema as a registry keeps it. */
export const KeptSchema = Schema.Struct({
  schema: Schema.String,
  schemaType: Schema.optionalKey(Schema.NullOr(Schema.String)),
  references: Schema.optionalKey(
    Schema.NullOr(Schema.Array(Schema.Struct({ subject: Schema.String, version: Schema.Int })))
  )
})
export type KeptSchema = typeof KeptSchema.Type

/** What of Confluent's API is asked. */
export interface RegistryClient {
  /** Id of a schema under a subject, which it is registered under where it is not there yet. */
  readonly register: (subject: string, schema: string) => Effect.Effect<number, RegistryFailure>
  /** Why a schema may not follow the subject's latest; empty: it may. */
  readonly clashes: (subject: string, schema: string) => Effect.Effect<readonly string[], RegistryFailure>
  /** Undefined where there is none of the id. */
  readonly withId: (id: number) => Effect.Effect<KeptSchema | undefined, RegistryFailure>
  /** Also of a version that is soft-deleted: others may refer to it. */
  readonly ofVersion: (
    subject: string,
    version: number
  ) => Effect.Effect<KeptSchema | undefined, RegistryFailure>
}

const contentType = "application/vnd.schemaregistry.v1+json"
const timeoutMs = 10_000
const missing = [40401, 40402, 40403, 40404, 40406]

const decodeKept = Schema.decodeUnknownOption(KeptSchema)
const decodeId = Schema.decodeUnknownOption(Schema.Struct({ id: Schema.Int }))
const decodeVerdict = Schema.decodeUnknownOption(
  Schema.Struct({
    is_compatible: Schema.Boolean,
    messages: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.String)))
  })
)
const decodeRefusal = Schema.decodeUnknownOption(
  Schema.Struct({ error_code: Schema.Int, message: Schema.optionalKey(Schema.String) })
)

export const registryClient = (settings: RegistrySettings): RegistryClient => {
  const ask = asking(settings)
  const at = (subject: string): string => `/subjects/${encodeURIComponent(subject)}/versions`
  return {
    register: (subject, schema) =>
      Effect.flatMap(ask(`a schema for ${subject}`, "POST", at(subject), { schema }), (reply) =>
        answered(reply, decodeId(reply.body), ({ id }) => id)
      ),
    clashes: (subject, schema) =>
      Effect.flatMap(
        ask(`a schema for ${subject}`, "POST", `/compatibility${at(subject)}/latest?verbose=true`, {
          schema
        }),
        (reply) =>
          isMissing(reply)
            ? Effect.succeed([])
            : answered(reply, decodeVerdict(reply.body), ({ is_compatible, messages }) =>
                is_compatible ? [] : (messages ?? ["the registry does not say why"])
              )
      ),
    withId: (id) => Effect.flatMap(ask(`schema ${id}`, "GET", `/schemas/ids/${id}`), kept),
    ofVersion: (subject, version) =>
      Effect.flatMap(
        ask(`version ${version} of ${subject}`, "GET", `${at(subject)}/${version}?deleted=true`),
        kept
      )
  }
}

interface Reply {
  readonly asked: string
  readonly status: number
  readonly text: string
  /** Its JSON; undefined for what is none. */
  readonly body: unknown
}

const asking =
  ({ authorization, url }: RegistrySettings) =>
  (asked: string, method: "GET" | "POST", path: string, body?: Json): Effect.Effect<Reply, RegistryFailure> =>
    Effect.tryPromise({
      try: async (signal) => {
        const reply = await fetch(`${url}${path}`, {
          method,
          headers: {
            accept: `${contentType}, application/json`,
            ...(authorization === undefined ? {} : { authorization }),
            ...(body === undefined ? {} : { "content-type": contentType })
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
        })
        const text = await reply.text()
        return { asked, status: reply.status, text, body: parsed(text) }
      },
      catch: (cause) =>
        new RegistryFailure({
          reason: "unavailable",
          message: `the schema registry at ${url} does not answer: ${wordsOf(cause)}`
        })
    })

const kept = (reply: Reply): Effect.Effect<KeptSchema | undefined, RegistryFailure> =>
  isMissing(reply) ? Effect.succeed(undefined) : answered(reply, decodeKept(reply.body), (found) => found)

const isSuccess = ({ status }: Reply): boolean => status >= 200 && status <= 299

/** A 404 of the registry itself, which has a code; one of anything else on the way has none. */
const isMissing = ({ body, status }: Reply): boolean => {
  const refusal = decodeRefusal(body)
  return status === 404 && refusal._tag === "Some" && missing.includes(refusal.value.error_code)
}

const answered = <A, B>(
  reply: Reply,
  found: { readonly _tag: "Some"; readonly value: A } | { readonly _tag: "None" },
  as: (found: A) => B
): Effect.Effect<B, RegistryFailure> =>
  isSuccess(reply) && found._tag === "Some" ? Effect.succeed(as(found.value)) : Effect.fail(failureIn(reply))

const passing: ReadonlySet<number> = new Set([408, 425, 429])
const mostShown = 1_000

const failureIn = ({ asked, body, status, text }: Reply): RegistryFailure => {
  const refusal = decodeRefusal(body)
  const words = (refusal._tag === "Some" ? (refusal.value.message ?? "") : text).trim().slice(0, mostShown)
  return new RegistryFailure({
    reason:
      status >= 500 || passing.has(status)
        ? "unavailable"
        : status === 401 || status === 403
          ? "unauthorized"
          : "refused",
    message: `${asked}: the schema registry answered ${status}${words === "" ? "" : `, ${words}`}`
  })
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const wordsOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause instanceof Error && cause.cause.message !== "" ? cause.cause.message : cause.message
}
