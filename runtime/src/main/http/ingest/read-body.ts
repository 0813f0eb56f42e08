import { createGunzip } from "node:zlib"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import type { ReadableStream } from "node:stream/web"
import { type ApiError, apiError } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import type { Context } from "hono"
import { bodyDeadlineMs, maxBodyBytes } from "./limits.ts"

/** What the sender announces that the body takes of memory; what cannot be known counts as the most that it may be. */
export const announcedBytes = (context: Context): number => {
  const length = context.req.header("content-length")
  const isPlain = encodingOf(context) === "identity"
  return isPlain && length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : maxBodyBytes
}

const encodingOf = (context: Context): string =>
  (context.req.header("content-encoding") ?? "identity").trim().toLowerCase()

/** The body, unpacked. It is counted while it comes and while it is unpacked, and is given up beyond the limit. */
export const readBody = (context: Context): Effect.Effect<Uint8Array, ApiError> => {
  const encoding = encodingOf(context)
  if (encoding !== "identity" && encoding !== "gzip")
    return Effect.fail(apiError("CONTENT_ENCODING_UNSUPPORTED", { encoding: encoding.slice(0, 40) }))
  if (encoding === "identity" && announcedBytes(context) > maxBodyBytes) return Effect.fail(tooLarge())
  return Effect.tryPromise({
    try: (signal) => taken(context.req.raw.body, encoding === "gzip", signal),
    catch: (cause) =>
      isGzipFault(cause)
        ? apiError("REQUEST_INVALID", { problem: "the body is no gzip" }, "body")
        : apiError("REQUEST_INCOMPLETE", {})
  }).pipe(
    Effect.timeoutOrElse({
      duration: bodyDeadlineMs,
      orElse: () => Effect.fail(apiError("REQUEST_INCOMPLETE", {}))
    }),
    Effect.flatMap((bytes) => (bytes === undefined ? Effect.fail(tooLarge()) : Effect.succeed(bytes)))
  )
}

const tooLarge = (): ApiError => apiError("REQUEST_TOO_LARGE", { maxBytes: maxBodyBytes })

/** Undefined when there is more than may be. */
const taken = async (
  body: ReadableStream<Uint8Array> | null,
  isPacked: boolean,
  signal: AbortSignal
): Promise<Uint8Array | undefined> => {
  const parts: Uint8Array[] = []
  const keep = async (stream: AsyncIterable<unknown>): Promise<void> => {
    for await (const part of bounded(stream)) parts.push(part)
  }
  const sent = bounded(Readable.fromWeb(body ?? emptyBody()))
  try {
    // Of `pipeline` every error comes here, those of the unpacking too; piped by hand they would end the process.
    await (isPacked ? pipeline(sent, createGunzip(), keep, { signal }) : pipeline(sent, keep, { signal }))
  } catch (error) {
    if (error instanceof TooMuch) return undefined
    throw error
  }
  return Buffer.concat(parts)
}

class TooMuch extends Error {}

async function* bounded(stream: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const part of stream) {
    if (!(part instanceof Uint8Array)) continue
    size += part.length
    if (size > maxBodyBytes) throw new TooMuch("the body is too large")
    yield part
  }
}

const emptyBody = (): ReadableStream<Uint8Array> => new Blob([]).stream()

const isGzipFault = (cause: unknown): boolean =>
  cause instanceof Error && "code" in cause && String(cause.code).startsWith("Z_")
