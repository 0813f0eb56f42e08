import type { GuestHost } from "../guest/abi.ts"
import type { Permission } from "../permission/permission.ts"
import type { Capability } from "./capability.ts"
import { type HostEffect, hostRequest } from "./host-request.ts"
import { type HttpError, httpError } from "./http-error.ts"
import {
  authPayload,
  bodyBytes,
  type HttpBody,
  type HttpDefaults,
  type HttpMethod,
  type HttpOptions,
  type HttpRequest,
  payloadOf,
  signPayload
} from "./http-request.ts"
import { answerResponse, type HttpResponse } from "./http-response.ts"
import type { Secret, Signing } from "./secret.ts"
import { type FromConfig, textFrom } from "./template.ts"

/**
 * Requests to one host and port, made by the worker. A path is joined to the base URL. A reply of any status is a reply
 * (look at `ok`); what got none fails with an `HttpError`. At-least-once: a batch that is run again asks again, so give the
 * other side a stable id where that matters.
 *
 * Host request `request`, payload `HttpPayload` (http-request.ts) with the body as bytes; answers `{ status, url, headers }`,
 * `headers` by lower-case name, and the body as bytes. Its error codes are those of `HttpErrorCode`.
 */
export interface Http {
  get(path: string, options?: HttpOptions): HttpEffect
  head(path: string, options?: HttpOptions): HttpEffect
  delete(path: string, options?: HttpOptions): HttpEffect
  post(path: string, body?: HttpBody, options?: HttpOptions): HttpEffect
  put(path: string, body?: HttpBody, options?: HttpOptions): HttpEffect
  patch(path: string, body?: HttpBody, options?: HttpOptions): HttpEffect
  request(request: HttpRequest): HttpEffect
}

export type HttpEffect = HostEffect<HttpResponse, HttpError>

export interface HttpAccess {
  /** Sent with every request to the base URL's origin, and to no other. */
  readonly auth?: Secret
  /** Every request to the base URL's origin is signed by the worker. */
  readonly sign?: Signing
  /** The only methods that the plugin asks for; absent: all. */
  readonly methods?: readonly HttpMethod[]
}

/**
 * HTTP to one host. `base` is an absolute URL, or `fromConfig("url")`; the operator grants its host and port, and for
 * `auth` and `sign` the secret towards its origin. Redirects (at most five) are followed where they lead to what is granted.
 * The host may be an address, private or not; a name that stands for a private address is refused.
 */
export const http = (base: string | FromConfig, access: HttpAccess = {}): Capability<Http> => ({
  keyed: false,
  need: {
    need: "permissions",
    permissions: permissionsOf(base, access),
    make: (host, handle, config) => {
      const defaults = {
        base: textFrom(base, config) ?? "",
        auth: authPayload(access.auth, config),
        sign: signPayload(access.sign, config)
      }
      return httpHandle((request) => send(host, handle, defaults, request))
    }
  }
})

const httpHandle = (request: Http["request"]): Http => {
  const bare = (method: HttpMethod) => (path: string, options?: HttpOptions) =>
    request({ ...options, method, path })
  const withBody = (method: HttpMethod) => (path: string, body?: HttpBody, options?: HttpOptions) =>
    request({ ...options, method, path, ...(body === undefined ? {} : { body }) })
  return {
    get: bare("GET"),
    head: bare("HEAD"),
    delete: bare("DELETE"),
    post: withBody("POST"),
    put: withBody("PUT"),
    patch: withBody("PATCH"),
    request
  }
}

const send = (host: GuestHost, handle: string, defaults: HttpDefaults, request: HttpRequest): HttpEffect => {
  const payload = payloadOf(defaults, request)
  const asked = { handle, method: payload.method, url: payload.url }
  return hostRequest(host, {
    handle,
    operation: "request",
    payload,
    bytes: bodyBytes(request.body),
    answer: answerResponse(asked),
    failure: ({ code, message }) => httpError({ ...asked, code, message })
  })
}

const permissionsOf = (
  base: string | FromConfig,
  { auth, sign, methods }: HttpAccess
): readonly Permission[] => {
  const place = typeof base === "string" ? placeOf(base) : { host: base, origin: base }
  const port = "port" in place ? { port: place.port } : {}
  const net: Permission = {
    kind: "net",
    host: place.host,
    ...port,
    ...(methods === undefined ? {} : { methods })
  }
  const destination = place.origin
  return [
    net,
    ...(auth === undefined
      ? []
      : [{ kind: "secret", name: auth.secret, mode: "inject", destination } satisfies Permission]),
    ...(sign === undefined
      ? []
      : [{ kind: "secret", name: sign.secret, mode: "sign", destination } satisfies Permission])
  ]
}

/** Host, port and origin of an absolute http(s) URL. By hand, for the manifest is made where there may be no `URL`. */
const placeOf = (url: string) => {
  const found = /^(https?):\/\/([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?(?=[/?#]|$)/i.exec(url)
  if (found === null)
    throw new Error(`http(${JSON.stringify(url)}): give an absolute URL, like "https://api.example.com"`)
  const [, scheme = "", host = "", port] = found
  const known = scheme.toLowerCase() === "http" ? 80 : 443
  return {
    host: host.toLowerCase(),
    port: port === undefined ? known : Number(port),
    origin: `${scheme}://${host}${port === undefined ? "" : `:${port}`}`.toLowerCase()
  }
}
