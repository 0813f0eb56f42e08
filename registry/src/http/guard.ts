import { type ApiError, apiError } from "@millrace/sdk/api"
import type { Context, MiddlewareHandler } from "hono"
import { errorReply } from "./error-reply.ts"
import { hostName, isLoopbackName } from "./peer.ts"

const isSafe = (method: string): boolean => method === "GET" || method === "HEAD"

/** Whether pages of an origin may call a path; asked again at every request. */
export type AllowsOrigin = (path: string, origin: string) => boolean

/**
 * Host must be a name of ours: else a page could point its own name at this machine and read the answers (DNS
 * rebinding). Origin, where a browser sends it, must be this very server: any page can post to localhost.
 */
const refusalOf = (
  context: Context,
  hosts: ReadonlySet<string>,
  allowsOrigin: AllowsOrigin
): ApiError | undefined => {
  const header = context.req.header("host") ?? new URL(context.req.url).host
  const name = hostName(header)
  if (name === undefined || !(isLoopbackName(name) || hosts.has(name))) return apiError("HOST_REFUSED", {})
  const origin = context.req.header("origin")
  if (origin !== undefined && allowsOrigin(context.req.path, origin)) return undefined
  const own = header.toLowerCase()
  if (origin !== undefined && origin !== `http://${own}` && origin !== `https://${own}`)
    return apiError("ORIGIN_REFUSED", {})
  const site = context.req.header("sec-fetch-site")
  const isForeign = site !== undefined && site !== "same-origin" && site !== "none"
  return isForeign && !isSafe(context.req.method) ? apiError("ORIGIN_REFUSED", {}) : undefined
}

/** Refuses requests under a foreign Host or from a foreign Origin, before anything else looks at them. */
export const guardOrigin = (
  hosts: readonly string[],
  allowsOrigin: AllowsOrigin = () => false
): MiddlewareHandler => {
  const names = new Set(hosts.map((name) => name.toLowerCase()))
  return async (context, next) => {
    const refusal = refusalOf(context, names, allowsOrigin)
    if (refusal !== undefined) return errorReply(refusal)
    await next()
    return undefined
  }
}

const headers: readonly (readonly [string, string])[] = [
  ["x-content-type-options", "nosniff"],
  ["content-security-policy", "default-src 'none'; frame-ancestors 'none'"],
  ["x-frame-options", "DENY"],
  ["referrer-policy", "no-referrer"],
  ["cross-origin-resource-policy", "same-origin"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cache-control", "no-store"]
]

/** Sets the security headers that a reply does not set itself (a page has its own Content-Security-Policy). */
export const secureHeaders: MiddlewareHandler = async (context, next) => {
  await next()
  for (const [name, value] of headers)
    if (!context.res.headers.has(name)) context.res.headers.set(name, value)
}
