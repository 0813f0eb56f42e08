import type { Permission } from "../permission/permission.ts"
import type { Capability } from "./capability.ts"
import { type HostEffect, hostRequest } from "./host-request.ts"
import { type HttpResponse, answerResponse } from "./http-response.ts"

export type { HttpResponse } from "./http-response.ts"

/** A secret that the worker puts into requests to one destination; the plugin never sees it. */
export interface Secret {
  readonly secret: string
}

/** The operator's secret of this name, sent as `Authorization: Bearer …`. */
export const secret = (name: string): Secret => ({ secret: name })

/** Requests to one origin. Paths are joined to its URL. At-least-once: give the other side a stable id. */
export interface Http {
  get(path: string, options?: HttpOptions): HostEffect<HttpResponse>
  post(path: string, body: string | Uint8Array, options?: HttpOptions): HostEffect<HttpResponse>
}
export interface HttpOptions {
  readonly headers?: { readonly [name: string]: string }
}

/**
 * HTTP to one host. Host request `request`, payload `{ method, url, headers, auth }` with the body as bytes; answers
 * `{ status, url, headers }` and the body. A worker that does not serve it refuses with `UNSUPPORTED`.
 */
export const http = (url: string, options: { readonly auth?: Secret } = {}): Capability<Http> => ({
  keyed: false,
  need: {
    need: "permissions",
    permissions: permissionsOf(url, options.auth),
    make: (host, handle) => {
      const send = (method: string, path: string, body: Uint8Array | undefined, given: HttpOptions = {}) =>
        hostRequest(host, {
          handle,
          operation: "request",
          payload: {
            method,
            url: url + path,
            headers: given.headers ?? {},
            auth: options.auth?.secret ?? null
          },
          bytes: body,
          answer: answerResponse
        })
      return {
        get: (path, given) => send("GET", path, undefined, given),
        post: (path, body, given) =>
          send("POST", path, typeof body === "string" ? new TextEncoder().encode(body) : body, given)
      }
    }
  }
})

const permissionsOf = (url: string, auth: Secret | undefined): readonly Permission[] => {
  const { host, port } = originOf(url)
  const net: Permission = { kind: "net", host, port }
  if (auth === undefined) return [net]
  return [net, { kind: "secret", name: auth.secret, mode: "inject", destination: host }]
}

/** Host and port of an absolute http(s) URL. By hand, for the manifest is made where there may be no `URL`. */
const originOf = (url: string): { readonly host: string; readonly port: number } => {
  const found = /^(https?):\/\/([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?(?=\/|$)/.exec(url)
  if (found === null)
    throw new Error(`http(${JSON.stringify(url)}): give an absolute URL, like "https://api.example.com"`)
  const [, scheme, host = "", port] = found
  return { host, port: port === undefined ? (scheme === "http" ? 80 : 443) : Number(port) }
}
