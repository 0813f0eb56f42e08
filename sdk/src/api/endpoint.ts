import type * as Schema from "effect/Schema"
import type { ErrorCode } from "./errors.ts"

/** A schema that needs no services to decode or encode. */
export type Codec = Schema.ConstraintCodec<unknown, unknown>

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

/**
 * What a token must allow for a call.
 * `open` asks for nothing (health, the API's description) · `read` asks for any valid token, or none from the loopback
 * address · every other word is an action that one of the token's scopes must name, see {@link TokenScope} in `token.ts`.
 */
export type Access = "open" | "read" | Action
export type Action = (typeof actions)[number]
export const actions = [
  "publish",
  "schemas",
  "pipelines",
  "grants",
  "secrets",
  "ingest",
  "work",
  "admin"
] as const

/** A JSON body or reply. */
export interface JsonPayload<S extends Codec = Codec> {
  readonly kind: "json"
  readonly schema: S
}
/** Opaque bytes. As a reply they carry their SRI (sha512) in the header {@link integrityHeader}. */
export interface BytesPayload {
  readonly kind: "bytes"
  readonly contentType: string
  readonly maxBytes: number
}
/** One JSON document a line (NDJSON), sent as it comes. Replies only; an error after the first line ends the stream with a line `{ "error": … }`. */
export interface LinesPayload<S extends Codec = Codec> {
  readonly kind: "lines"
  readonly schema: S
}
/** Text in one piece. Replies only. */
export interface TextPayload {
  readonly kind: "text"
  readonly contentType: string
}
/** Status 204. Replies only. */
export interface NoPayload {
  readonly kind: "none"
}

export type RequestPayload = JsonPayload | BytesPayload
export type ReplyPayload = JsonPayload | BytesPayload | LinesPayload | TextPayload | NoPayload

/**
 * One operation of the HTTP API, as data: routes, client and OpenAPI document are made from it.
 * `path` is Hono's form, `/api/packages/:scope/:name`. `params` and `query` decode objects of strings.
 */
export interface Endpoint {
  /** The client's method and OpenAPI's operationId. */
  readonly id: string
  readonly method: Method
  readonly path: `/${string}`
  readonly tag: string
  readonly summary: string
  readonly access: Access
  /** Name of the path parameter that a scope may be narrowed to: `publish:@acme`. */
  readonly resource?: string
  readonly params?: Codec
  readonly query?: Codec
  readonly body?: RequestPayload
  /** Most bytes of a JSON body; {@link defaultBodyBytes} unless told. */
  readonly maxBodyBytes?: number
  readonly success: { readonly status: 200 | 201 | 202 | 204; readonly payload: ReplyPayload }
  /** What this endpoint adds to the errors that every endpoint may give. */
  readonly errors: readonly ErrorCode[]
}

/** Most bytes of a JSON body where the endpoint says nothing: 1 MiB. */
export const defaultBodyBytes = 1_048_576

/** Header of a bytes reply: its SRI (sha512). */
export const integrityHeader = "millrace-integrity"

/** Keeps the literal types of a definition; use it for every endpoint. */
export const defineEndpoint = <const E extends Endpoint>(endpoint: E): E => endpoint

export const json = <S extends Codec>(schema: S): JsonPayload<S> => ({ kind: "json", schema })
export const bytes = (contentType: string, maxBytes: number): BytesPayload => ({
  kind: "bytes",
  contentType,
  maxBytes
})
export const lines = <S extends Codec>(schema: S): LinesPayload<S> => ({ kind: "lines", schema })
export const text = (contentType: string): TextPayload => ({ kind: "text", contentType })

/** Replies in their usual form. */
export const ok = <P extends ReplyPayload>(payload: P) => ({ status: 200, payload }) as const
export const created = <P extends ReplyPayload>(payload: P) => ({ status: 201, payload }) as const
export const accepted = <P extends ReplyPayload>(payload: P) => ({ status: 202, payload }) as const
export const noContent = { status: 204, payload: { kind: "none" } } as const

/** Path parameters, decoded; an empty object where there are none. */
export type ParamsOf<E extends Endpoint> = E extends { readonly params: infer S extends Codec }
  ? S["Type"]
  : object
/** Query, decoded; an empty object where there is none. */
export type QueryOf<E extends Endpoint> = E extends { readonly query: infer S extends Codec }
  ? S["Type"]
  : object
/** A JSON body, decoded; `Bytes` where the body is bytes, `undefined` where there is none. */
export type BodyOf<E extends Endpoint, Bytes> = E extends { readonly body: infer P extends RequestPayload }
  ? P extends JsonPayload<infer S>
    ? S["Type"]
    : Bytes
  : undefined
/** What a call answers. A stream of lines is `Lines<T>`'s business: server and client each have their own. */
export type ReplyOf<E extends Endpoint> =
  E["success"]["payload"] extends JsonPayload<infer S>
    ? S["Type"]
    : E["success"]["payload"] extends BytesPayload
      ? BytesReply
      : E["success"]["payload"] extends TextPayload
        ? string
        : E["success"]["payload"] extends LinesPayload<infer S>
          ? LinesOf<S>
          : void

/** A bytes reply with its SRI (sha512). */
export interface BytesReply {
  readonly bytes: Uint8Array
  readonly integrity: string
}
/** Marks the element type of a lines reply. */
export interface LinesOf<S extends Codec> {
  readonly line: S["Type"]
}
