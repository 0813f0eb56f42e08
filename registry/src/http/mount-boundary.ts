import type {
  ApiError,
  BodyOf,
  Endpoint,
  LinesOf,
  LinesPayload,
  ParamsOf,
  QueryOf,
  ReplyOf
} from "@millrace/sdk/api"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { Caller } from "../auth/authenticate.ts"
import type { StoreError } from "../store/store-error.ts"
import type { Api } from "./api.ts"
import type { AnyHandler, MountOptions } from "./handler.ts"
import { serveEndpoint } from "./serve-endpoint.ts"

/** A request that was checked and allowed. `body` is decoded JSON, or chunks of bytes still to be read. */
export interface HandlerRequest<E extends Endpoint> {
  readonly params: ParamsOf<E>
  readonly query: QueryOf<E>
  readonly body: BodyOf<E, AsyncIterable<Uint8Array>>
  readonly caller: Caller
}

/** What a handler answers: the value before it is encoded, `{ bytes, integrity }`, text, nothing, or a stream of lines. */
export type HandlerReply<E extends Endpoint> = E["success"]["payload"] extends LinesPayload
  ? ReplyOf<E> extends LinesOf<infer S>
    ? Stream.Stream<S["Type"], ApiError>
    : never
  : ReplyOf<E>

export type Handler<E extends Endpoint, R> = (
  request: HandlerRequest<E>
) => Effect.Effect<HandlerReply<E>, ApiError | StoreError, R>

/** A handler per endpoint, by its id. */
export type Handlers<Endpoints extends readonly Endpoint[], R> = {
  // Not remapped by `as`: only so does a handler written in place know its request's type.
  readonly [Id in Endpoints[number]["id"]]: Handler<Extract<Endpoints[number], { readonly id: Id }>, R>
}

/**
 * Adds routes for endpoints to an API, and the endpoints to its OpenAPI document.
 * The cast is sound because `serveEndpoint` decodes each request by the schemas that the handler's type is derived from.
 */
export const mountEndpoints = <const Endpoints extends readonly Endpoint[], R>(
  api: Api,
  endpoints: Endpoints,
  handlers: Handlers<Endpoints, NoInfer<R>>,
  options: MountOptions<R>
): void => {
  const byId = new Map(Object.entries(handlers as { readonly [id: string]: AnyHandler<R> }))
  for (const endpoint of endpoints) {
    const handler = byId.get(endpoint.id)
    if (handler === undefined) throw new Error(`there is no handler for ${endpoint.id}`)
    api.endpoints.push(endpoint)
    serveEndpoint({ api, endpoint, handler, options })
  }
}
