import { type ApiError, apiError } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type NamedStream, Streams } from "../../../controller/streams.ts"
import { streamSubject } from "./outside-ids.ts"
import { registryClient, type RegistryFailure } from "./registry-client.ts"
import type { RegistrySettings } from "./registry-settings.ts"

/**
 * Named streams whose schemas an outside registry lets in, too, under the subjects of their topics' values, before anything of them
 * runs. The platform's own keeps their history, by which pipelines find them.
 */
export const outsideStreamsLayer = (settings: RegistrySettings) =>
  Layer.effect(
    Streams,
    Effect.map(Streams, (own) => {
      const client = registryClient(settings)
      return Streams.of({
        clashes: (stream) =>
          Effect.gen(function* () {
            const inOwn = yield* own.clashes(stream)
            const outside = yield* client
              .clashes(subjectOf(stream), stream.schema)
              .pipe(Effect.mapError(failed(stream)))
            return [
              ...inOwn,
              ...outside.map((message) => ({ path: "", message: `the schema registry: ${message}` }))
            ]
          }),
        versions: own.versions,
        register: (stream, by) =>
          client
            .register(subjectOf(stream), stream.schema)
            .pipe(Effect.mapError(failed(stream)), Effect.andThen(own.register(stream, by)))
      })
    })
  )

/** A named stream's topic has its name in Kafka. */
const subjectOf = ({ subject }: NamedStream): string => streamSubject(subject)

const failed =
  ({ subject }: NamedStream) =>
  ({ message, reason }: RegistryFailure): ApiError =>
    reason === "unavailable"
      ? apiError("SCHEMA_REGISTRY_UNAVAILABLE", { reason: message })
      : apiError("SCHEMA_REGISTRY_REFUSED", { subject, reason: message })
