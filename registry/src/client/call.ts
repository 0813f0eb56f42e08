import type { ApiError, Codec, Endpoint } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type ClientError, clientError } from "./client-error.ts"
import { readError, readJson, readLines, readText, readVerified } from "./reply.ts"

export interface CallOptions {
  /** Where the server is: `http://localhost:4000`. */
  readonly url: string
  readonly token?: string
  /** The `fetch` to use; the global one unless told. */
  readonly fetch?: typeof fetch
}

export interface CallRequest {
  readonly params?: unknown
  readonly query?: unknown
  readonly body?: unknown
}

// A request that does not fit its own endpoint is a fault of the program, not of its input: types forbid it.
const encode = (schema: Codec, value: unknown): Effect.Effect<unknown> =>
  Effect.orDie(Schema.encodeUnknownEffect(schema)(value))

const entriesOf = (encoded: unknown): readonly (readonly [string, string])[] =>
  Object.entries(typeof encoded === "object" && encoded !== null ? encoded : {})
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, String(value)])

const addressOf = Effect.fnUntraced(function* (endpoint: Endpoint, request: CallRequest, base: string) {
  const params =
    endpoint.params === undefined ? [] : entriesOf(yield* encode(endpoint.params, request.params ?? {}))
  const query =
    endpoint.query === undefined ? [] : entriesOf(yield* encode(endpoint.query, request.query ?? {}))
  const values = new Map(params)
  const path = endpoint.path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(values.get(name) ?? "")
  )
  const url = yield* Effect.try({
    try: () => new URL(path, base),
    catch: (cause) => clientError("unreachable", `${base} is not an address`, cause)
  })
  for (const [name, value] of query) url.searchParams.append(name, value)
  return url
})

const bodyOf = Effect.fnUntraced(function* (endpoint: Endpoint, body: unknown) {
  if (endpoint.body === undefined) return undefined
  if (endpoint.body.kind === "json")
    return { type: "application/json", content: JSON.stringify(yield* encode(endpoint.body.schema, body)) }
  if (!(body instanceof Uint8Array)) return yield* Effect.die(new TypeError(`${endpoint.id} takes bytes`))
  return { type: endpoint.body.contentType, content: new Uint8Array(body) }
})

const send = Effect.fnUntraced(function* (endpoint: Endpoint, request: CallRequest, options: CallOptions) {
  const url = yield* addressOf(endpoint, request, options.url)
  const body = yield* bodyOf(endpoint, request.body)
  const headers = new Headers({ accept: "application/json" })
  if (options.token !== undefined) headers.set("authorization", `Bearer ${options.token}`)
  if (body !== undefined) headers.set("content-type", body.type)
  return yield* Effect.tryPromise({
    try: (signal) =>
      (options.fetch ?? fetch)(url, {
        method: endpoint.method,
        headers,
        redirect: "error",
        // A stream of lines outlives this effect; its reader cancels it.
        ...(endpoint.success.payload.kind === "lines" ? {} : { signal }),
        ...(body === undefined ? {} : { body: body.content })
      }),
    catch: (cause) => clientError("unreachable", `${url.origin} cannot be reached`, cause)
  })
})

/** Calls one endpoint. Fails with the server's error, or with a {@link ClientError} when there was no answer of the API. */
export const callEndpoint = Effect.fnUntraced(function* (
  endpoint: Endpoint,
  request: CallRequest,
  options: CallOptions
): Effect.fn.Return<unknown, ApiError | ClientError> {
  const reply = yield* send(endpoint, request, options)
  const { payload, status } = endpoint.success
  if (reply.status !== status)
    return yield* reply.ok
      ? Effect.fail(clientError("not-millrace", `status ${reply.status}`))
      : readError(reply)
  switch (payload.kind) {
    case "json":
      return yield* readJson(payload.schema, reply)
    case "bytes":
      return yield* readVerified(reply, payload.maxBytes)
    case "lines":
      return readLines(payload.schema, reply)
    case "text":
      return yield* readText(reply)
    case "none":
      return undefined
  }
})
