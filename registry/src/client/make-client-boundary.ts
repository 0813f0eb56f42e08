import type {
  ApiError,
  BodyOf,
  BytesReply,
  Endpoint,
  LinesOf,
  LinesPayload,
  ParamsOf,
  QueryOf,
  ReplyOf
} from "@millrace/sdk/api"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import { type CallOptions, type CallRequest, callEndpoint } from "./call.ts"
import type { ClientError } from "./client-error.ts"

/** What a call takes: only the parts that its endpoint has. A part that may be empty may be left out. */
export type ClientRequest<E extends Endpoint> = Part<"params", ParamsOf<E>> &
  Part<"query", QueryOf<E>> &
  (BodyOf<E, Uint8Array> extends undefined ? object : { readonly body: BodyOf<E, Uint8Array> })
type Part<Name extends string, T> = object extends T
  ? { readonly [N in Name]?: T }
  : { readonly [N in Name]: T }

/** What a call answers: decoded JSON, verified bytes, text, nothing, or a stream of lines. */
export type ClientReply<E extends Endpoint> = E["success"]["payload"] extends LinesPayload
  ? ReplyOf<E> extends LinesOf<infer S>
    ? Stream.Stream<S["Type"], ApiError | ClientError>
    : never
  : ReplyOf<E>

export type ClientCall<E extends Endpoint> =
  object extends ClientRequest<E>
    ? (request?: ClientRequest<E>) => Effect.Effect<ClientReply<E>, ApiError | ClientError>
    : (request: ClientRequest<E>) => Effect.Effect<ClientReply<E>, ApiError | ClientError>

/** A method per endpoint, by its id. */
export type Client<Endpoints extends readonly Endpoint[]> = {
  readonly [E in Endpoints[number] as E["id"]]: ClientCall<E>
}

export type { BytesReply }

/**
 * A typed client of some endpoints. Requests and replies are checked by the endpoints' schemas; every bytes reply is
 * verified against its digest. Redirects are refused, so that the token goes to no other server.
 * The casts are sound because `callEndpoint` encodes and decodes by the very schemas that the types are derived from.
 */
export const makeClient = <const Endpoints extends readonly Endpoint[]>(
  endpoints: Endpoints,
  options: CallOptions
): Client<Endpoints> =>
  Object.fromEntries(
    endpoints.map((endpoint) => [
      endpoint.id,
      (request: CallRequest = {}) => callEndpoint(endpoint, request, options)
    ])
  ) as Client<Endpoints>
