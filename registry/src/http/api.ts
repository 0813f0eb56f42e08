import { apiError, type Endpoint, makeOpenApi } from "@millrace/sdk/api"
import { Hono } from "hono"
import { errorReply } from "./error-reply.ts"
import { type AllowsOrigin, guardOrigin, secureHeaders } from "./guard.ts"

/** The control plane's HTTP side: a Hono app behind its guards, and the endpoints that were mounted on it. */
export interface Api {
  readonly app: Hono
  /** In order of mounting; `/api/openapi.json` describes them. */
  readonly endpoints: Endpoint[]
  /** A number for a fault that a client may quote; the log has the same. */
  readonly nextReference: () => number
}

export interface ApiOptions {
  /** Version of this release, for the OpenAPI document. */
  readonly version: string
  /** Names besides localhost, 127.0.0.1 and [::1] that the Host header may carry; no ports. */
  readonly hosts?: readonly string[]
  /** Origins of other sites whose pages may call a path; default: none. */
  readonly allowsOrigin?: AllowsOrigin
  /** Told of faults outside any endpoint. */
  readonly report: (message: string, cause: unknown) => void
}

/** Makes an API with nothing on it but its guards, its description and its answers to what is not there. */
export const makeApi = (options: ApiOptions): Api => {
  const app = new Hono({ strict: true })
  const endpoints: Endpoint[] = []
  let references = 0
  const nextReference = () => ++references
  app.use(secureHeaders)
  app.use(guardOrigin(options.hosts ?? [], options.allowsOrigin))
  let document: { readonly count: number; readonly text: string } | undefined
  app.get("/api/openapi.json", (context) => {
    if (document?.count !== endpoints.length)
      document = { count: endpoints.length, text: JSON.stringify(makeOpenApi(endpoints, options.version)) }
    return context.body(document.text, 200, { "content-type": "application/json" })
  })
  app.notFound((context) =>
    errorReply(apiError("ROUTE_UNKNOWN", { method: context.req.method, path: context.req.path }))
  )
  app.onError((cause) => {
    const reference = String(nextReference())
    options.report(`a request failed inside (${reference})`, cause)
    return errorReply(apiError("INTERNAL", { reference }))
  })
  return { app, endpoints, nextReference }
}
