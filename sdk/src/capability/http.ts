import { valueAt } from "../manifest/json-pointer.ts"
import type { Permission } from "../permission/permission.ts"
import type { Capability } from "./capability.ts"
import { type HostEffect, hostRequest } from "./host-request.ts"
import type { HttpAuth, HttpSigning } from "./http-auth.ts"
import { type HttpResponse, answerResponse } from "./http-response.ts"
import type { FromConfig } from "./template.ts"

export { basicAuth, type HttpAuth, type HttpSigning, secret } from "./http-auth.ts"
export type { HttpResponse } from "./http-response.ts"

/** What every request of a handle goes with. */
export interface HttpSettings {
  readonly auth?: HttpAuth
  readonly sign?: HttpSigning
}

/** Requests to one origin. Paths are joined to its URL. At-least-once: give the other side a stable id. */
export interface Http {
  get(path: string, options?: HttpOptions): HostEffect<HttpResponse>
  post(path: string, body: HttpBody, options?: HttpOptions): HostEffect<HttpResponse>
  request(request: HttpRequest): HostEffect<HttpResponse>
}

/** Text goes as UTF-8. */
export type HttpBody = string | Uint8Array

export interface HttpRequest extends HttpOptions {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE"
  readonly path: string
  readonly body?: HttpBody | undefined
}

export interface HttpOptions {
  readonly headers?: { readonly [name: string]: string }
  /** Of one attempt, with its redirects and its whole body. Default 30,000. */
  readonly timeoutMs?: number
  /** A larger body fails with `TOO_LARGE`. Default 1 MiB, at most 4 MiB. */
  readonly maxBytes?: number
  readonly retry?: HttpRetry
}

/** When the worker tries again by itself: after a failure that may pass, and after some statuses. */
export interface HttpRetry {
  /** In all, at most 20. Default 1: not. */
  readonly attempts: number
  /** Before the second attempt; doubles from there, less a random part. Default 250. */
  readonly backoffMs?: number
  /** No pause is longer, also when `Retry-After` says so. Default 30,000. */
  readonly maxBackoffMs?: number
  /** Default 408, 425, 429, 500, 502, 503 and 504. */
  readonly statuses?: readonly number[]
}

/**
 * HTTP to one origin: an absolute URL, or the config's (`fromConfig("url")`), which an operator grants. Host request
 * `request`, payload `{ method, url, headers, auth, sign, timeoutMs, maxBytes, retry }` with the body as bytes; answers
 * `{ status, url, headers }` and the body, of whatever status.
 *
 * Error codes: `PERMISSION_DENIED`, `ADDRESS_REFUSED`, `REDIRECT_REFUSED`, `SECRET_MISSING`, `REQUEST_INVALID`,
 * `TOO_LARGE`, `TLS_FAILED`; of what may pass: `TIMEOUT`, `CONNECTION_FAILED`. A worker that does not serve it refuses
 * with `PERMISSION_DENIED`.
 */
export const http = (base: string | FromConfig, settings: HttpSettings = {}): Capability<Http> => ({
  keyed: false,
  need: {
    need: "permissions",
    permissions: permissionsOf(base, settings),
    make: (host, handle, config) => {
      const url = textOf(base, config) ?? ""
      const auth = settings.auth && filled(settings.auth, config)
      const sign = settings.sign && filled(settings.sign, config)
      const request = ({ method, path, body, headers = {}, ...options }: HttpRequest) =>
        hostRequest(host, {
          handle,
          operation: "request",
          payload: {
            method,
            url: url + path,
            headers,
            auth: auth ?? null,
            sign: sign ?? null,
            ...options
          },
          bytes: typeof body === "string" ? new TextEncoder().encode(body) : body,
          answer: answerResponse
        })
      return {
        request,
        get: (path, options) => request({ ...options, method: "GET", path }),
        post: (path, body, options) => request({ ...options, method: "POST", path, body })
      }
    }
  }
})

const textOf = (given: string | FromConfig, config: unknown): string | undefined => {
  if (typeof given === "string") return given
  const value = valueAt(config, given.config)
  return typeof value === "string" ? value : undefined
}

/** With the config's values; undefined where the config names no secret: the request goes without. */
const filled = (given: HttpAuth | HttpSigning, config: unknown) => {
  const entries = Object.entries(given).flatMap(([name, value]: [string, unknown]) => {
    const settled = isFromConfig(value) ? textOf(value, config) : value
    return settled === undefined ? [] : [[name, settled] as const]
  })
  const settled = Object.fromEntries(entries)
  return settled["secret"] === undefined ? undefined : settled
}

const isFromConfig = (value: unknown): value is FromConfig =>
  typeof value === "object" && value !== null && "config" in value

const permissionsOf = (base: string | FromConfig, { auth, sign }: HttpSettings): readonly Permission[] => {
  const { host, port } = typeof base === "string" ? originOf(base) : { host: base, port: undefined }
  const secretOf = (mode: "inject" | "sign", given: { readonly secret: string | FromConfig } | undefined) =>
    given === undefined
      ? []
      : [{ kind: "secret", name: given.secret, mode, destination: host } satisfies Permission]
  return [
    { kind: "net", host, ...(port === undefined ? {} : { port }) },
    ...secretOf("inject", auth),
    ...secretOf("sign", sign)
  ]
}

/** Host and port of an absolute http(s) URL. By hand, for the manifest is made where there may be no `URL`. */
const originOf = (url: string): { readonly host: string; readonly port: number } => {
  const found = /^(https?):\/\/([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?(?=\/|$)/.exec(url)
  if (found === null)
    throw new Error(`http(${JSON.stringify(url)}): give an absolute URL, like "https://api.example.com"`)
  const [, scheme, host = "", port] = found
  return { host, port: port === undefined ? (scheme === "http" ? 80 : 443) : Number(port) }
}
