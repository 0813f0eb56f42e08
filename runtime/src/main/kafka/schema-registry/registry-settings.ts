import * as Effect from "effect/Effect"
import type { SchemaRegistryKeys } from "../../config/kafka-keys.ts"
import type { CommandError } from "../../terminal/command-error.ts"
import { invalidSetting, readSetting } from "../kafka-access.ts"

/** A schema registry with Confluent's API, beside the platform's own. */
export interface RegistrySettings {
  /** Where its API begins, without a slash at its end. */
  readonly url: string
  /** The header `Authorization`; undefined where it lets anybody in. */
  readonly authorization: string | undefined
}

/** What `kafka.schemaRegistry` says; undefined where it says nothing: the platform's own. */
export const registrySettings = Effect.fnUntraced(function* (
  keys: SchemaRegistryKeys | undefined,
  resolve: (path: string) => string
): Effect.fn.Return<RegistrySettings | undefined, CommandError> {
  if (keys === undefined) return undefined
  const { password, passwordFile, token, tokenFile, url, user } = keys
  const place = URL.canParse(url) ? new URL(url) : undefined
  if (
    place === undefined ||
    !/^https?:$/.test(place.protocol) ||
    place.username + place.password + place.search + place.hash !== ""
  )
    return yield* invalidSetting(
      "schemaRegistry.url",
      "it is no URL of http or https, or has a user, a password, a query or a fragment in it",
      "write it whole, without them: https://registry.example.com"
    )
  const secrets = [password, passwordFile, token, tokenFile].filter((each) => each !== undefined)
  const isToken = token !== undefined || tokenFile !== undefined
  if (secrets.length > 1 || (user === undefined) !== (secrets.length === 0 || isToken))
    return yield* invalidSetting(
      "schemaRegistry",
      "it does not say clearly how the platform is let in",
      "give a user and either password: ${NAME}, from the environment, or passwordFile; or token, or tokenFile; or none of them"
    )
  const file = passwordFile ?? tokenFile
  const name = isToken ? "tokenFile" : "passwordFile"
  const secret =
    file === undefined
      ? (password ?? token)
      : (yield* readSetting(`schemaRegistry.${name}`, resolve(file))).trim()
  return { url: url.replace(/\/+$/, ""), authorization: authorizationOf(user, secret) }
})

const authorizationOf = (user: string | undefined, secret: string | undefined): string | undefined => {
  if (secret === undefined) return undefined
  if (user === undefined) return `Bearer ${secret}`
  return `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`
}
