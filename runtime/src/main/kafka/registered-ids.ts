import { ApiError } from "@millrace/sdk/api"
import type { StoreError, Subjects } from "@millrace/registry/server"
import * as Effect from "effect/Effect"
import type { SchemaIds } from "../../transport/kafka/schema-ids.ts"
import { TransportError } from "../../transport/transport.ts"

const actor = "millrace"

/**
 * Ids of the platform's own registry. A named stream's schema is registered as that of its topic's values (`TOPIC-value`, as clients
 * of Kafka look for it), what the platform's own topics hold for nobody.
 */
export const registeredIds = (subjects: typeof Subjects.Service): SchemaIds => ({
  origin: "own",
  idOf: ({ internal, isControl, kafkaTopic }, text) =>
    (internal || isControl
      ? subjects.keep(text)
      : Effect.map(subjects.register({ subject: `${kafkaTopic}-value`, schema: text, actor }), ({ id }) => id)
    ).pipe(Effect.mapError(failure(`the schema of topic ${kafkaTopic}`))),
  textOf: (_topic, id) =>
    subjects.schema(id).pipe(
      Effect.map(({ schema }) => schema),
      Effect.catch((error) =>
        error instanceof ApiError && error.status === 404
          ? Effect.succeed(undefined)
          : Effect.fail(failure(`the schema ${id}`)(error))
      )
    )
})

/** What is refused stays so: a schema that readers of the topic could not take. */
const failure =
  (what: string) =>
  (error: ApiError | StoreError): TransportError =>
    new TransportError({
      reason: error instanceof ApiError ? "unsupported" : "unavailable",
      message: `${what} cannot be registered: ${error.message}`
    })
