import { ApiError, apiError } from "@millrace/sdk/api"
import { type StoreError, Subjects } from "@millrace/registry/server"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Streams } from "../../controller/streams.ts"

const failed = (error: ApiError | StoreError): ApiError =>
  error instanceof ApiError ? error : apiError("STORE_FAILED", { reason: error.operation })

/** The controller's view of the registry's subjects. */
export const streamCatalogueLayer = Layer.effect(
  Streams,
  Effect.map(Subjects, (subjects) =>
    Streams.of({
      clashes: ({ schema, subject }) =>
        subjects.check(subject, schema).pipe(
          Effect.map(({ compatible, differences }) => (compatible ? [] : differences)),
          Effect.mapError(failed)
        ),
      versions: (subject) =>
        subjects.versions(subject).pipe(
          Effect.map(({ versions }) => versions),
          Effect.mapError(failed),
          Effect.catchIf(
            (error) => error.code === "SUBJECT_UNKNOWN",
            () => Effect.succeed([])
          )
        ),
      register: (stream, by) =>
        subjects.register({ ...stream, actor: by }).pipe(Effect.asVoid, Effect.mapError(failed))
    })
  )
)

/** No history of streams: where an author works, a contract may change in any way from one save to the next. */
export const freeStreamsLayer = Layer.succeed(
  Streams,
  Streams.of({
    clashes: () => Effect.succeed([]),
    versions: () => Effect.succeed([]),
    register: () => Effect.void
  })
)
