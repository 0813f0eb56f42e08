import { refusalOf, unreachable } from "./refusal.ts"
import type { ReplyOf, RequestOf, Route } from "./routes.ts"
import { currentToken } from "./token.ts"

interface Parts {
  readonly params?: object | undefined
  readonly query?: object | undefined
  readonly body?: unknown
}

/** Path and query of a call. */
export const addressOf = (route: string, { params = {}, query = {} }: Parts): string => {
  const values = new Map<string, unknown>(Object.entries(params))
  const path = route
    .slice(route.indexOf(" ") + 1)
    .replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(values.get(name))))
  const asked = Object.entries(query).filter(([, value]) => value !== undefined)
  const search = new URLSearchParams(asked.map(([name, value]) => [name, String(value)]))
  return asked.length === 0 ? path : `${path}?${search.toString()}`
}

/** Headers of every call. */
export const callHeaders = (): { readonly [name: string]: string } => {
  const token = currentToken()
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}

/** Sends a request as it is; rejects with a {@link Refusal} when it is not answered with a success. */
export const send = async (route: Route, request: Parts, signal?: AbortSignal): Promise<Response> => {
  const { body } = request
  const response = await fetch(addressOf(route, request), {
    method: route.slice(0, route.indexOf(" ")),
    headers: { ...callHeaders(), ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal })
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error
    throw unreachable()
  })
  if (response.ok) return response
  throw await refusalOf(response)
}

/** Calls the API; rejects with a {@link Refusal}. The platform encodes each reply by the schema that its type comes from. */
export const call = async <R extends Route>(
  route: R,
  request: RequestOf<R>,
  signal?: AbortSignal
): Promise<ReplyOf<R>> => {
  const response = await send(route, request, signal)
  return response.status === 204 ? JSON.parse("null") : response.json()
}

/** Calls what answers with text in one piece. */
export const callText = async <R extends Route>(
  route: R,
  request: RequestOf<R>,
  signal?: AbortSignal
): Promise<string> => (await send(route, request, signal)).text()
