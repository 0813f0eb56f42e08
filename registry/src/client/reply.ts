import { ApiError, ErrorBody, errors, integrityHeader } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { integrityOf } from "../integrity.ts"
import { type ClientError, clientError } from "./client-error.ts"

/** Most bytes of a JSON or text reply: 64 MiB. */
const maxReplyBytes = 67_108_864
/** Most bytes of one line of a lines reply: 16 MiB. */
const maxLineBytes = 16_777_216

/** Reads a whole body, refusing more than `maxBytes`. */
export const readBytes = (reply: Response, maxBytes: number): Effect.Effect<Uint8Array, ClientError> =>
  Effect.tryPromise({
    try: async () => {
      const chunks: Uint8Array[] = []
      let size = 0
      for await (const chunk of reply.body ?? []) {
        size += chunk.length
        if (size > maxBytes) return undefined
        chunks.push(chunk)
      }
      return Buffer.concat(chunks, size)
    },
    catch: (cause) => clientError("interrupted", "the reply ended early", cause)
  }).pipe(
    Effect.flatMap((body) =>
      body === undefined
        ? Effect.fail(clientError("not-millrace", `the reply is larger than ${maxBytes} bytes`))
        : Effect.succeed(body)
    )
  )

export const readText = (reply: Response): Effect.Effect<string, ClientError> =>
  Effect.map(readBytes(reply, maxReplyBytes), (body) => new TextDecoder().decode(body))

const parseJson = (body: string): Effect.Effect<unknown, ClientError> =>
  Effect.try({
    try: (): unknown => JSON.parse(body),
    catch: (cause) => clientError("not-millrace", "the reply is not JSON", cause)
  })

/** Reads a JSON reply. Fields that this release does not know are passed over. */
export const readJson = <S extends Schema.ConstraintDecoder<unknown>>(schema: S, reply: Response) =>
  Effect.flatMap(readText(reply), parseJson).pipe(
    Effect.flatMap((value) =>
      Effect.mapError(Schema.decodeUnknownEffect(schema)(value), (cause) =>
        clientError("not-millrace", `the reply does not fit: ${cause.message}`, cause)
      )
    )
  )

/** Reads a bytes reply and verifies it against the digest that came with it. */
export const readVerified = Effect.fnUntraced(function* (reply: Response, maxBytes: number) {
  const bytes = yield* readBytes(reply, maxBytes)
  const integrity = integrityOf(bytes)
  if (reply.headers.get(integrityHeader) !== integrity)
    return yield* clientError("integrity", "the bytes are not those that their digest says")
  return { bytes, integrity }
})

const decodeError = Schema.decodeUnknownOption(ErrorBody)

const toApiError = ({ error }: ErrorBody, status: number): ApiError => new ApiError({ ...error, status })

/** The error that a reply carries. */
export const readError = Effect.fnUntraced(function* (
  reply: Response
): Effect.fn.Return<never, ApiError | ClientError> {
  const body = decodeError(yield* Effect.flatMap(readText(reply), parseJson))
  if (Option.isSome(body)) return yield* toApiError(body.value, reply.status)
  return yield* clientError("not-millrace", `the reply has status ${reply.status} and no error`)
})

const statusOf = new Map(Object.entries(errors).map(([code, { status }]) => [code, status]))

const readLine = Effect.fnUntraced(function* <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S,
  line: string
) {
  const value = yield* parseJson(line)
  const decoded = Schema.decodeUnknownOption(schema)(value)
  if (Option.isSome(decoded)) return decoded.value
  const error = decodeError(value)
  if (Option.isSome(error)) return yield* toApiError(error.value, statusOf.get(error.value.error.code) ?? 500)
  return yield* clientError("not-millrace", "a line of the reply does not fit")
})

/** Reads a reply of lines as it comes; blank lines, which keep the connection open, are passed over. */
export const readLines = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S,
  reply: Response
): Stream.Stream<S["Type"], ApiError | ClientError> =>
  Stream.fromAsyncIterable(linesOf(reply), (cause) =>
    clientError("interrupted", "the stream of lines ended early", cause)
  ).pipe(Stream.mapEffect((line) => readLine(schema, line)))

async function* linesOf(reply: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ""
  for await (const chunk of reply.body ?? []) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n")
    rest = parts.pop() ?? ""
    if (rest.length > maxLineBytes) throw new Error(`a line is longer than ${maxLineBytes} bytes`)
    for (const part of parts) if (part.trim() !== "") yield part
  }
  if (rest.trim() !== "") yield rest
}
