import type { HostRequestError } from "@millrace/sandbox"
import type { Permission } from "@millrace/sdk/permission"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { SecretSource } from "../secret-source.ts"
import type { Hop } from "./hops.ts"
import { httpFailure } from "./http-failure.ts"
import { secretOrigins } from "./net-grant.ts"
import type { Auth, Payload } from "./read-payload.ts"
import { Redaction } from "./redaction.ts"
import { awsHeaders } from "./sign-aws.ts"
import { hmacHeaders } from "./sign-hmac.ts"

/** What a request does with secrets. */
export interface SecretUse {
  /** The headers of a hop, with those that secrets make. Only where the secret's destination is the hop's own origin. */
  readonly headers: (hop: Hop) => Effect.Effect<Hop["headers"], HostRequestError>
  /** Of every secret that the node could have sent, now or before. */
  readonly redaction: Redaction
}

interface Granted {
  readonly value: string
  readonly origins: readonly string[]
}

/** Gets the secrets that a request names, if they are granted to its handle. `nodeSecrets`: names of all that the node may send. */
export const useSecrets = Effect.fnUntraced(function* (
  payload: Payload,
  permissions: readonly Permission[],
  nodeSecrets: readonly string[],
  secrets: SecretSource
): Effect.fn.Return<SecretUse, HostRequestError> {
  const { auth, sign } = payload
  const sent = auth === null ? undefined : yield* granted(permissions, auth.secret, "inject", secrets)
  const signing = sign === null ? undefined : yield* granted(permissions, sign.secret, "sign", secrets)
  const known: string[] = []
  for (const name of nodeSecrets) {
    const value = yield* secrets.value(name)
    if (value !== undefined) known.push(value)
  }
  const basic =
    auth === null || auth.basicUser === null || sent === undefined ? [] : [credentials(auth, sent.value)]
  return {
    redaction: new Redaction([...known, ...basic]),
    headers: (hop) =>
      Effect.gen(function* () {
        let { headers } = hop
        const is = ({ origins }: Granted) => origins.includes(hop.url.origin)
        if (auth !== null && sent !== undefined && is(sent))
          headers = replaced(headers, { [auth.header]: auth.prefix + credentials(auth, sent.value) })
        if (sign !== null && signing !== undefined && is(signing)) {
          const now = yield* Clock.currentTimeMillis
          const made =
            sign.scheme === "hmac"
              ? hmacHeaders(sign, signing.value, hop.body, now)
              : awsHeaders(sign, signing.value, { ...hop, headers }, now)
          headers = replaced(headers, made)
        }
        return headers
      })
  }
})

function granted(
  permissions: readonly Permission[],
  name: string,
  mode: "inject" | "sign",
  secrets: SecretSource
): Effect.Effect<Granted, HostRequestError> {
  const origins = secretOrigins(permissions, name, mode)
  if (origins.length === 0)
    return Effect.fail(httpFailure("PERMISSION_DENIED", "the secret was not granted to this handle"))
  return Effect.flatMap(secrets.value(name), (value) => {
    if (value === undefined)
      return Effect.fail(
        httpFailure(
          "SECRET_MISSING",
          `the secret '${name}' has no value: set it with \`millrace secret set ${name}\``
        )
      )
    const isSendable = mode === "sign" || /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
    return isSendable
      ? Effect.succeed({ value, origins })
      : Effect.fail(httpFailure("REQUEST_INVALID", `the secret '${name}' cannot stand in a header`))
  })
}

function credentials(auth: Auth, value: string): string {
  return auth.basicUser === null ? value : Buffer.from(`${auth.basicUser}:${value}`).toString("base64")
}

/** A header that the worker makes stands in place of the plugin's, whatever its case. */
function replaced(headers: Hop["headers"], made: Hop["headers"]): Hop["headers"] {
  const names = new Set(Object.keys(made).map((name) => name.toLowerCase()))
  const kept = Object.entries(headers).filter(([name]) => !names.has(name.toLowerCase()))
  return { ...Object.fromEntries(kept), ...made }
}
