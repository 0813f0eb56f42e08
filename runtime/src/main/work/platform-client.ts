import { workEndpoints } from "@millrace/sdk/api"
import { makeClient } from "@millrace/registry/client"
import * as Effect from "effect/Effect"
import type { IdOrigin, SchemaIds } from "../../transport/kafka/schema-ids.ts"
import { TransportError } from "../../transport/transport.ts"
import type { SecretSource } from "../../worker/handlers/secret-source.ts"
import type { Server } from "../data-folder.ts"

/** A worker's way to its platform. */
export const platformClient = ({ token, url }: Server) =>
  makeClient(workEndpoints, { url, ...(token === undefined ? {} : { token }) })

export type PlatformClient = ReturnType<typeof platformClient>

/** Ids that the platform gives. `origin`: as it has it. */
export const idsOf = (client: PlatformClient, origin: IdOrigin): SchemaIds => {
  const failed = (error: { readonly message: string }): TransportError =>
    new TransportError({ reason: "unavailable", message: `the platform has no schema id: ${error.message}` })
  return {
    origin,
    idOf: ({ internal, isControl, kafkaTopic }, schema) =>
      client.workSchemaId({ body: { topic: kafkaTopic, internal, isControl, schema } }).pipe(
        Effect.map(({ id }) => id),
        Effect.mapError(failed)
      ),
    textOf: ({ internal, kafkaTopic }, id) =>
      client.workSchema({ params: { id }, query: { topic: kafkaTopic, internal: `${internal}` } }).pipe(
        Effect.map(({ schema }) => schema ?? undefined),
        Effect.mapError(failed)
      )
  }
}

/** Secrets of the platform's registry, asked for when a request needs one. */
export const secretsOf = (client: PlatformClient): SecretSource => ({
  value: (name) =>
    client.workSecret({ params: { name } }).pipe(
      Effect.map(({ value }): string | undefined => value),
      Effect.catch((error) =>
        "code" in error && error.code === "SECRET_UNKNOWN"
          ? Effect.succeed(undefined)
          : Effect.fail({
              _tag: "HostRequestError" as const,
              code: "HOST_FAILED",
              message: `the secret '${name}' cannot be read`
            })
      )
    )
})
