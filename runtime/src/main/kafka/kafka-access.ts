import { X509Certificate } from "node:crypto"
import { readFileSync } from "node:fs"
import { createSecureContext } from "node:tls"
import * as Effect from "effect/Effect"
import type { SaslOptions, TlsOptions } from "../../transport/kafka/client/wire.ts"
import type { KafkaKeys, OauthKeys, TlsKeys } from "../config/kafka-keys.ts"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { tokensOf, type TokenSource } from "./oauth/token-source.ts"

/** A path of the config, absolute. */
type Resolve = (path: string) => string

/** Settings under `kafka:` that do not go together. */
export const invalidSetting = (where: string, message: string, remedy: string): CommandError =>
  new CommandError({
    code: "KAFKA_SETTINGS_INVALID",
    message,
    where: `kafka.${where}, in the config`,
    remedy,
    exit: exitCode.badInput
  })

/** A file that the config names. */
export const readSetting = (where: string, path: string): Effect.Effect<string, CommandError> =>
  Effect.try({
    try: () => readFileSync(path, "utf8"),
    catch: () =>
      new CommandError({
        code: "KAFKA_FILE_UNREADABLE",
        message: `${path} cannot be read`,
        where: `kafka.${where}, in the config`,
        remedy:
          "name a file that is there and that the platform's user may read; a path is from the config's folder",
        exit: exitCode.badInput
      })
  })

/** How the platform is let in; undefined where nobody asks. */
export const saslOf = Effect.fnUntraced(function* (
  keys: KafkaKeys,
  resolve: Resolve
): Effect.fn.Return<SaslOptions | undefined, CommandError> {
  const { mechanism = "SCRAM-SHA-512", oauth, password, passwordFile, user } = keys
  if (oauth !== undefined) {
    if (user !== undefined || password !== undefined || passwordFile !== undefined)
      return yield* invalidSetting(
        "oauth",
        "it stands beside a user or a password",
        "have either oauth, or user and password"
      )
    const token = tokensOf(yield* tokenSource(oauth, resolve))
    const { extensions } = oauth
    return { mechanism: "OAUTHBEARER", token, ...(extensions === undefined ? {} : { extensions }) }
  }
  if (user === undefined) {
    if (password !== undefined || passwordFile !== undefined || keys.mechanism !== undefined)
      return yield* invalidSetting("user", "there is a password or a mechanism, and no user", "name the user")
    return undefined
  }
  if ((password === undefined) === (passwordFile === undefined))
    return yield* invalidSetting(
      "password",
      `user ${user} has ${password === undefined ? "no password" : "two passwords"}`,
      "give either password: ${NAME}, from the environment, or passwordFile"
    )
  const known =
    passwordFile === undefined ? password : (yield* readSetting("passwordFile", resolve(passwordFile))).trim()
  return { mechanism, user, password: known ?? "" }
})

const tokenSource = (oauth: OauthKeys, resolve: Resolve): Effect.Effect<TokenSource, CommandError> => {
  const { audience, clientId, clientSecret, clientSecretFile, command, file, scope, tokenUrl } = oauth
  const ways = [tokenUrl, command, file].filter((each) => each !== undefined)
  if (ways.length !== 1)
    return Effect.fail(
      invalidSetting(
        "oauth",
        ways.length === 0 ? "it does not say where tokens come from" : "tokens come from several places",
        "give one of tokenUrl, command and file"
      )
    )
  if (file !== undefined) return Effect.succeed({ file: resolve(file) })
  if (command !== undefined) return Effect.succeed({ command })
  if (tokenUrl === undefined || !/^https?:$/.test(protocolOf(tokenUrl)))
    return Effect.fail(
      invalidSetting("oauth.tokenUrl", "it is no URL of http or https", "write it whole: https://…")
    )
  if (clientId === undefined || (clientSecret === undefined) === (clientSecretFile === undefined))
    return Effect.fail(
      invalidSetting(
        "oauth",
        "the endpoint is to be asked without a client's credentials",
        "give clientId, and either clientSecret: ${NAME}, from the environment, or clientSecretFile"
      )
    )
  const secret =
    clientSecretFile === undefined ? { text: clientSecret ?? "" } : { file: resolve(clientSecretFile) }
  return Effect.succeed({ endpoint: { tokenUrl, clientId, clientSecret: secret, scope, audience } })
}

const protocolOf = (url: string): string => (URL.canParse(url) ? new URL(url).protocol : "")

/** What TLS is spoken with; undefined where it is not. Files are read once, and held against each other. */
export const tlsOf = Effect.fnUntraced(function* (
  tls: boolean | TlsKeys | undefined,
  resolve: Resolve
): Effect.fn.Return<TlsOptions | undefined, CommandError> {
  if (tls === undefined || typeof tls === "boolean") return tls === true ? {} : undefined
  const { ca, certificate, key, keyPassword, serverName } = tls
  if ((certificate === undefined) !== (key === undefined))
    return yield* invalidSetting("tls", "certificate and key belong together", "give both, or none")
  const options = {
    ...(ca === undefined ? {} : { authority: yield* readSetting("tls.ca", resolve(ca)) }),
    ...(certificate === undefined
      ? {}
      : { certificate: yield* readSetting("tls.certificate", resolve(certificate)) }),
    ...(key === undefined ? {} : { key: yield* readSetting("tls.key", resolve(key)) }),
    ...(keyPassword === undefined ? {} : { keyPassword }),
    ...(serverName === undefined ? {} : { serverName })
  }
  const { authority } = options
  // A text without a certificate would be taken for none, and the authorities that Node trusts be used.
  if (authority !== undefined)
    yield* Effect.try({
      try: () => new X509Certificate(authority),
      catch: () =>
        invalidSetting(
          "tls.ca",
          "the file has no certificate that can be read",
          "give a PEM file: -----BEGIN CERTIFICATE-----"
        )
    })
  yield* Effect.try({
    try: () =>
      createSecureContext({
        ca: options.authority,
        cert: options.certificate,
        key: options.key,
        passphrase: options.keyPassword
      }),
    catch: (cause) =>
      invalidSetting(
        "tls",
        `the files cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`,
        "give PEM files, the key that belongs to the certificate, and its keyPassword where it is locked"
      )
  })
  return options
})
