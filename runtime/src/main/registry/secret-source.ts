import { apiError } from "@millrace/sdk/api"
import { type KeySource, Secrets } from "@millrace/registry/server"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { SecretNames } from "../../controller/missing-secrets.ts"
import type { SecretSource } from "../../worker/handlers/secret-source.ts"

/** The worker's way to the registry's secrets. Why one cannot be read is for the log; a guest learns that it cannot. */
export const secretSource: Effect.Effect<SecretSource, never, Secrets> = Effect.map(Secrets, (secrets) => ({
  value: (name) =>
    secrets.value(name).pipe(
      Effect.tapError((error) =>
        Effect.logError("a secret cannot be read").pipe(
          Effect.annotateLogs({ secret: name, error: "code" in error ? error.code : error.operation })
        )
      ),
      Effect.mapError(() => ({
        _tag: "HostRequestError" as const,
        code: "HOST_FAILED",
        message: `the secret '${name}' cannot be read`
      }))
    )
}))

/** The controller's view of the registry's secrets: which there are, without their values. */
export const secretNamesLayer = Layer.effect(
  SecretNames,
  Effect.map(Secrets, (secrets) =>
    SecretNames.of({
      readable: secrets.list.pipe(
        Effect.map((all) => new Set(all.flatMap(({ name, readable }) => (readable ? [name] : [])))),
        Effect.mapError((error) => apiError("STORE_FAILED", { reason: error.operation }))
      )
    })
  )
)

/**
 * Where the key of the secrets comes from: the file that `MILLRACE_SECRET_KEY_FILE` names, the text of `MILLRACE_SECRET_KEY`,
 * or, with neither, a file of the registry's own.
 */
export const secretKeySource = (environment: {
  readonly [name: string]: string | undefined
}): { readonly secretKey?: KeySource } => {
  const file = environment["MILLRACE_SECRET_KEY_FILE"]
  const text = environment["MILLRACE_SECRET_KEY"]
  if (file !== undefined && file !== "") return { secretKey: { file } }
  return text !== undefined && text !== "" ? { secretKey: { text } } : {}
}
