import type { Permission } from "../permission/permission.ts"
import { HostRefusal } from "./host-refusal.ts"
import type { FakeCapability, FakeReply } from "./test-host.ts"

/** Which requests are answered, and how; the first that fits answers. */
export interface FakeRoute {
  readonly request?: {
    readonly method?: string | undefined
    /** `*` stands for any text. Without a scheme: what the URL has after its host. */
    readonly url?: string | undefined
    readonly headers?: { readonly [name: string]: string } | undefined
    /** A text, or JSON of which these fields must be equal. */
    readonly body?: unknown
  }
  /** Default: 200 without a body. */
  readonly reply?: {
    readonly status?: number | undefined
    readonly headers?: { readonly [name: string]: string } | undefined
    /** A text, or JSON. */
    readonly body?: unknown
  }
  /** A code of `HttpErrorCode` instead of a reply. */
  readonly failure?: string | undefined
  readonly delayMs?: number | undefined
  /** Default: without end. */
  readonly times?: number | undefined
}

/** A request as the other side would have seen it; the worker's retries are requests of their own. */
export interface FakeRequest {
  readonly handle: string
  readonly method: string
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  /** JSON where it is JSON, else text; null without one. */
  readonly body: unknown
  /** Names of the secrets that the worker would send, or sign with. */
  readonly auth?: string
  readonly sign?: string
}

export interface FakeHttp {
  readonly capability: FakeCapability
  readonly requests: readonly FakeRequest[]
}

const transient = new Set(["NAME_NOT_RESOLVED", "CONNECTION_FAILED", "TIMEOUT"])

/**
 * An http capability that answers by routes, and refuses what `permissions` do not allow. It tries again as the worker would, but
 * without waiting. What no route fits fails with `CONNECTION_FAILED`. What it is asked is added to `requests`.
 */
export const fakeHttp = (
  handle: string,
  routes: readonly FakeRoute[],
  permissions: readonly Permission[] = [],
  requests: FakeRequest[] = []
): FakeHttp => {
  const left = routes.map(({ times }) => times ?? Infinity)
  const once = (request: FakeRequest): FakeRoute | undefined => {
    requests.push(request)
    const index = routes.findIndex((route, at) => (left[at] ?? 0) > 0 && fits(route.request ?? {}, request))
    left[index] = (left[index] ?? 0) - 1
    return routes[index]
  }
  const capability: FakeCapability = ({ operation, payload, bytes }) => {
    if (operation !== "request") throw new HostRefusal("UNSUPPORTED", `http knows no operation ${operation}`)
    const given: { readonly [name: string]: unknown } = { ...Object(payload) }
    const request = requestOf(handle, given, bytes)
    allow(request, permissions)
    const { attempts = 1, statuses = [] } = Object(given["retry"])
    let delayMs = 0
    for (let tries = 1; ; tries++) {
      const route = once(request)
      const failure = route === undefined ? "CONNECTION_FAILED" : route.failure
      const status = route?.reply?.status ?? 200
      delayMs += route?.delayMs ?? 0
      const isWorthIt = failure === undefined ? statuses.includes(status) : transient.has(failure)
      if (isWorthIt && route !== undefined && tries < attempts) continue
      if (failure !== undefined) throw new HostRefusal(failure, noReply(route, failure, request))
      return replyOf(route ?? {}, status, request.url, delayMs)
    }
  }
  return { capability, requests }
}

const noReply = (route: FakeRoute | undefined, failure: string, { method, url }: FakeRequest): string =>
  route === undefined ? `no fake answers ${method} ${url}` : `the fake answers ${failure}`

const requestOf = (
  handle: string,
  { method, url, headers, auth, sign }: { readonly [name: string]: unknown },
  bytes: Uint8Array | undefined
): FakeRequest => ({
  handle,
  method: String(method),
  url: String(url),
  headers: { ...Object(headers) },
  body: bytes === undefined ? null : bodyOf(new TextDecoder().decode(bytes)),
  ...named("auth", auth),
  ...named("sign", sign)
})

const named = (as: string, secret: unknown) =>
  typeof secret === "object" && secret !== null ? { [as]: String(Reflect.get(secret, "secret")) } : {}

const bodyOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** As the worker: only hosts, ports and methods that were asked for. */
const allow = ({ method, url }: FakeRequest, permissions: readonly Permission[]): void => {
  const nets = permissions.flatMap((each) => (each.kind === "net" ? [each] : []))
  if (nets.length === 0) return
  const to = placeOf(url)
  if (to === undefined) throw new HostRefusal("URL_INVALID", `${url} is no absolute http or https URL`)
  const isAllowed = nets.some((net) => {
    if (net.methods !== undefined && !net.methods.includes(method)) return false
    const name = typeof net.host === "string" ? net.host : ""
    const granted = placeOf(name) ?? { host: name.toLowerCase(), port: net.port }
    return granted.host === to.host && (granted.port === undefined || granted.port === to.port)
  })
  if (!isAllowed)
    throw new HostRefusal(
      "PERMISSION_DENIED",
      `${method} to ${to.host}:${to.port} is not what the plugin's permissions say`
    )
}

const placeOf = (url: string): { readonly host: string; readonly port: number | undefined } | undefined => {
  if (!URL.canParse(url)) return undefined
  const { hostname, port, protocol } = new URL(url)
  if (protocol !== "http:" && protocol !== "https:") return undefined
  return { host: hostname, port: port === "" ? (protocol === "http:" ? 80 : 443) : Number(port) }
}

const fits = (wanted: NonNullable<FakeRoute["request"]>, request: FakeRequest): boolean => {
  if (wanted.method !== undefined && wanted.method.toUpperCase() !== request.method) return false
  if (wanted.url !== undefined && !fitsUrl(wanted.url, request.url)) return false
  const headers = Object.entries(request.headers)
  const lacks = Object.entries(wanted.headers ?? {}).some(
    ([name, value]) => !headers.some(([has, is]) => has.toLowerCase() === name.toLowerCase() && is === value)
  )
  return !lacks && (wanted.body === undefined || contains(request.body, wanted.body))
}

const fitsUrl = (pattern: string, url: string): boolean => {
  const given = /^https?:/i.test(pattern) ? url : url.replace(/^https?:\/\/[^/]*/i, "")
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join(".*")}$`, "s").test(given)
}

/** Whether a value has at least these fields, at every depth; lists have just these items. */
export const contains = (value: unknown, wanted: unknown): boolean => {
  if (Array.isArray(wanted))
    return (
      Array.isArray(value) &&
      value.length === wanted.length &&
      wanted.every((item: unknown, index) => contains(value[index], item))
    )
  if (typeof wanted !== "object" || wanted === null) return Object.is(value, wanted)
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  return Object.entries(wanted).every(
    ([name, item]: [string, unknown]) =>
      Object.hasOwn(value, name) && contains(Reflect.get(value, name), item)
  )
}

const replyOf = ({ reply = {} }: FakeRoute, status: number, url: string, delayMs: number): FakeReply => {
  const { body, headers = {} } = reply
  const isText = typeof body === "string"
  const type = isText || body === undefined ? {} : { "content-type": "application/json" }
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  const text = body === undefined ? "" : isText ? body : JSON.stringify(body)
  return {
    result: { status, url, headers: { ...type, ...Object.fromEntries(lower) } },
    bytes: new TextEncoder().encode(text),
    delayMs
  }
}
