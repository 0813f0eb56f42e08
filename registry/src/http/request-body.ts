import { type ApiError, apiError, type Codec, defaultBodyBytes, type Endpoint } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Context } from "hono"
import { parseJson } from "../parse-json.ts"
import { decodeRequest } from "./request-parts.ts"

/** The media type of a Content-Type header, without its parameters. */
const mediaType = (context: Context): string =>
  (context.req.header("content-type") ?? "").split(";")[0]?.trim() ?? ""

const announcedBytes = (context: Context): number => Number(context.req.header("content-length") ?? 0)

/** Checks type and announced length, so that a body that cannot be right is refused unread. */
const checkHead = (context: Context, expected: string, maxBytes: number): ApiError | undefined => {
  if (mediaType(context).toLowerCase() !== expected) return apiError("CONTENT_TYPE_UNSUPPORTED", { expected })
  return announcedBytes(context) > maxBytes ? apiError("REQUEST_TOO_LARGE", { maxBytes }) : undefined
}

/** The text of a body, at most `maxBytes` long. Fails when it is longer, is not UTF-8, or ends in its midst. */
export const readText = (context: Context, maxBytes: number): Effect.Effect<string, ApiError> =>
  Effect.tryPromise({
    try: async () => {
      const decoder = new TextDecoder("utf-8", { fatal: true })
      const parts: string[] = []
      let size = 0
      for await (const chunk of context.req.raw.body ?? []) {
        size += chunk.length
        if (size > maxBytes) return undefined
        parts.push(decoder.decode(chunk, { stream: true }))
      }
      parts.push(decoder.decode())
      return parts.join("")
    },
    catch: (cause) =>
      cause instanceof TypeError && "code" in cause && cause.code === "ERR_ENCODING_INVALID_ENCODED_DATA"
        ? apiError("REQUEST_INVALID", { problem: "it is not UTF-8" }, "body")
        : apiError("REQUEST_INCOMPLETE", {})
  }).pipe(
    Effect.flatMap((read) =>
      read === undefined ? Effect.fail(apiError("REQUEST_TOO_LARGE", { maxBytes })) : Effect.succeed(read)
    )
  )

const readJson = Effect.fnUntraced(function* (context: Context, schema: Codec, maxBytes: number) {
  const parsed = parseJson(yield* readText(context, maxBytes))
  if (Result.isFailure(parsed)) return yield* apiError("REQUEST_INVALID", { problem: parsed.failure }, "body")
  return yield* decodeRequest(schema, parsed.success, "body")
})

async function* chunksOf(stream: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  yield* stream ?? []
}

/** The body of a request as its endpoint takes it: decoded JSON, or bytes still to be read (at most `maxBytes` of them). */
export const readBody = Effect.fnUntraced(function* (
  context: Context,
  endpoint: Endpoint
): Effect.fn.Return<unknown, ApiError> {
  if (endpoint.body === undefined) return undefined
  if (endpoint.body.kind === "bytes") {
    const refusal = checkHead(context, endpoint.body.contentType, endpoint.body.maxBytes)
    return refusal === undefined ? chunksOf(context.req.raw.body) : yield* refusal
  }
  const maxBytes = endpoint.maxBodyBytes ?? defaultBodyBytes
  const refusal = checkHead(context, "application/json", maxBytes)
  return refusal === undefined ? yield* readJson(context, endpoint.body.schema, maxBytes) : yield* refusal
})
