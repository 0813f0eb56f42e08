import type { FromConfig } from "./template.ts"
import { textFrom } from "./template.ts"
import type { Secret, Signing } from "./secret.ts"

/** A request's method. */
export type HttpMethod = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS"

/** A body: text and bytes as they are, {@link json} as JSON with its content type. */
export type HttpBody = string | Uint8Array | JsonBody
export interface JsonBody {
  readonly json: unknown
}
/** A body of JSON, with `content-type: application/json` unless the headers say otherwise. */
export const json = (value: unknown): JsonBody => ({ json: value })

/** When the worker tries again, with exponential backoff and jitter. A `Retry-After` of the other side is heeded. */
export interface RetryPolicy {
  /** Tries in all; 1: no retry. At most 10. */
  readonly attempts: number
  /** Before the second try; doubles each time. Default 200. */
  readonly delayMs?: number
  /** Replies that are tried again. Default 408, 425, 429, 502, 503, 504. */
  readonly statuses?: readonly number[]
}

export interface HttpOptions {
  readonly headers?: { readonly [name: string]: string }
  /** Of each try, until the last byte of the reply. Default 10,000; at most 60,000. */
  readonly timeoutMs?: number
  /** Most bytes of the reply's body. Default 1 MiB; at most 4 MiB. */
  readonly maxBytes?: number
  /** Default: three tries for GET, HEAD, OPTIONS, PUT and DELETE, and for what has an `idempotencyKey`; else one. */
  readonly retry?: RetryPolicy
  /** Sent as `Idempotency-Key`: the other side does the same request once. Take what is stable, like the record's position. */
  readonly idempotencyKey?: string
}

export interface HttpRequest extends HttpOptions {
  readonly method: HttpMethod
  /** Joined to the base URL; an absolute URL stands for itself. */
  readonly path: string
  readonly body?: HttpBody
}

/** What `request` tells the worker, as JSON. */
export interface HttpPayload {
  readonly method: string
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly retry: {
    readonly attempts: number
    readonly delayMs: number
    readonly statuses: readonly number[]
  }
  readonly auth: AuthPayload | null
  readonly sign: SignPayload | null
}

/** The worker puts `prefix` and the secret into `header`; with `basicUser`, the base64 of both. */
export interface AuthPayload {
  readonly secret: string
  readonly header: string
  readonly prefix: string
  readonly basicUser: string | null
}

export type SignPayload =
  | {
      readonly scheme: "hmac"
      readonly secret: string
      readonly header: string
      readonly algorithm: string
      readonly encoding: string
      readonly prefix: string
      readonly timestampHeader: string | null
    }
  | {
      readonly scheme: "aws-sig-v4"
      readonly secret: string
      readonly accessKeyId: string
      readonly region: string
      readonly service: string
    }

const idempotent: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
const retriedStatuses = [408, 425, 429, 502, 503, 504]

/** How a handle sends all its requests. */
export interface HttpDefaults {
  readonly base: string
  readonly auth: AuthPayload | null
  readonly sign: SignPayload | null
}

export const payloadOf = (defaults: HttpDefaults, request: HttpRequest): HttpPayload => {
  const { method, retry, idempotencyKey } = request
  const isIdempotent = idempotent.has(method) || idempotencyKey !== undefined
  return {
    method,
    url: joinUrl(defaults.base, request.path),
    headers: headersOf(request),
    timeoutMs: request.timeoutMs ?? 10_000,
    maxBytes: request.maxBytes ?? 1_048_576,
    retry: {
      attempts: retry?.attempts ?? (isIdempotent ? 3 : 1),
      delayMs: retry?.delayMs ?? 200,
      statuses: retry?.statuses ?? retriedStatuses
    },
    auth: defaults.auth,
    sign: defaults.sign
  }
}

export const bodyBytes = (body: HttpBody | undefined): Uint8Array | undefined => {
  if (body === undefined || body instanceof Uint8Array) return body
  return new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body.json))
}

const headersOf = ({ headers = {}, body, idempotencyKey }: HttpRequest) => {
  const has = (name: string) => Object.keys(headers).some((given) => given.toLowerCase() === name)
  const isJson = typeof body === "object" && !(body instanceof Uint8Array)
  return {
    ...(isJson && !has("content-type") ? { "content-type": "application/json" } : {}),
    ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
    ...headers
  }
}

/** `path` below the base URL, the queries of both joined. An absolute URL stands for itself: a page's link to the next. */
export const joinUrl = (base: string, path: string): string => {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(path)) return path
  const [place = "", ...query] = base.split("?")
  if (path === "" || path.startsWith("?")) return place + questionMark([...query, path.slice(1)])
  const [below = "", ...asked] = path.split("?")
  const joined = place.replace(/\/$/, "") + (below.startsWith("/") ? below : `/${below}`)
  return joined + questionMark([...query, ...asked])
}

const questionMark = (queries: readonly string[]): string => {
  const text = queries.filter((query) => query !== "").join("&")
  return text === "" ? "" : `?${text}`
}

/** How the secret is sent; null when the config names none. */
export const authPayload = (auth: Secret | undefined, config: unknown): AuthPayload | null => {
  const name = auth && textFrom(auth.secret, config)
  if (auth === undefined || name === undefined) return null
  const header = auth.header === undefined ? undefined : textFrom(auth.header, config)
  const basicUser = auth.basic === undefined ? undefined : textFrom(auth.basic, config)
  if (header !== undefined) return { secret: name, header, prefix: auth.prefix ?? "", basicUser: null }
  const prefix = basicUser === undefined ? "Bearer " : "Basic "
  return { secret: name, header: "authorization", prefix, basicUser: basicUser ?? null }
}

/** How requests are signed; null when the config names no secret. */
export const signPayload = (sign: Signing | undefined, config: unknown): SignPayload | null => {
  const name = sign && textFrom(sign.secret, config)
  if (sign === undefined || name === undefined) return null
  if (sign.scheme === "hmac") {
    const { header, timestampHeader } = sign
    return {
      ...sign,
      secret: name,
      header: textFrom(header, config) ?? `x-signature-${sign.algorithm.slice("sha".length)}`,
      timestampHeader: timestampHeader === null ? null : (textFrom(timestampHeader, config) ?? null)
    }
  }
  const part = (template: string | FromConfig) => textFrom(template, config) ?? ""
  return {
    scheme: sign.scheme,
    secret: name,
    accessKeyId: part(sign.accessKeyId),
    region: part(sign.region),
    service: sign.service
  }
}
