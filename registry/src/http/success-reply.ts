import {
  ApiError,
  apiError,
  type BytesReply,
  type Endpoint,
  integrityHeader,
  toErrorBody
} from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

const isBytesReply = (value: unknown): value is BytesReply =>
  typeof value === "object" &&
  value !== null &&
  "bytes" in value &&
  value.bytes instanceof Uint8Array &&
  "integrity" in value &&
  typeof value.integrity === "string"

const isLines = (value: unknown): value is Stream.Stream<unknown, unknown> => Stream.isStream(value)

// A handler that answers something else than its endpoint says is a fault of ours: a defect, not an error.
const wrong = (endpoint: Endpoint): Effect.Effect<never> =>
  Effect.die(new TypeError(`the handler of ${endpoint.id} answers something else than its endpoint says`))

const toError = (error: unknown): ApiError =>
  error instanceof ApiError ? error : apiError("INTERNAL", { reference: "stream" })

/** Lines as they come; a failure becomes the last line. */
const linesBody = Effect.fnUntraced(function* (
  schema: Schema.ConstraintEncoder<unknown>,
  stream: Stream.Stream<unknown, unknown>
) {
  const encode = Schema.encodeUnknownEffect(schema)
  const lines = stream.pipe(
    Stream.mapEffect((value) => Effect.orDie(encode(value))),
    Stream.tapCause((cause) => Effect.logError("a stream of lines failed", cause)),
    Stream.catch((error) => Stream.make(toErrorBody(toError(error)))),
    Stream.map((line) => new TextEncoder().encode(`${JSON.stringify(line)}\n`))
  )
  return Stream.toReadableStreamWith(lines, yield* Effect.context())
})

/** The reply that carries what a handler answered. */
export const successReply = Effect.fnUntraced(function* (
  endpoint: Endpoint,
  answer: unknown
): Effect.fn.Return<Response> {
  const { payload, status } = endpoint.success
  switch (payload.kind) {
    case "json": {
      const body = yield* Effect.orDie(Schema.encodeUnknownEffect(payload.schema)(answer))
      return Response.json(body, { status })
    }
    case "bytes":
      if (!isBytesReply(answer)) return yield* wrong(endpoint)
      return new Response(new Uint8Array(answer.bytes), {
        status,
        headers: { "content-type": payload.contentType, [integrityHeader]: answer.integrity }
      })
    case "lines":
      if (!isLines(answer)) return yield* wrong(endpoint)
      return new Response(yield* linesBody(payload.schema, answer), {
        status,
        headers: { "content-type": "application/x-ndjson" }
      })
    case "text":
      return new Response(String(answer), { status, headers: { "content-type": payload.contentType } })
    case "none":
      return new Response(null, { status })
  }
})
