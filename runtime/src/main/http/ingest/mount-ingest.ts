import { apiError } from "@millrace/sdk/api"
import { type Api, errorReply, fromStoreError } from "@millrace/registry/server"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { Context } from "hono"
import type { PlatformServices } from "../../platform.ts"
import type { Inboxes } from "../../../worker/inbox/inboxes.ts"
import { requestsPerSecond } from "./limits.ts"
import { RateLimit } from "./rate-limit.ts"
import { type Ingest, showContract, takeEvents } from "./serve-ingest.ts"

const path = "/ingest/:pipeline/:node"

/** Whether pages of an origin may send events to a path: what its source was granted. */
export const allowsIngestFrom =
  (inboxes: Inboxes) =>
  (requestPath: string, origin: string): boolean => {
    const [, root, pipeline, node, ...rest] = requestPath.split("/")
    if (root !== "ingest" || pipeline === undefined || node === undefined || rest.length > 0) return false
    return inboxes.find(pipeline, node)?.settings.origins.includes(origin) ?? false
  }

/** Adds the addresses that events are posted to (docs/formats/ingest.md). */
export const mountIngest = (
  api: Api,
  inboxes: Inboxes,
  run: <A>(effect: Effect.Effect<A, never, PlatformServices>) => Promise<A>
): void => {
  const ingest: Ingest = { inboxes, rates: new RateLimit(requestsPerSecond), inFlightBytes: 0 }
  const allows = allowsIngestFrom(inboxes)
  const answer = async (context: Context, serve: typeof takeEvents | typeof showContract) => {
    const reply = await run(
      serve(ingest, context).pipe(
        Effect.catchTag("StoreError", (error) => Effect.succeed(errorReply(fromStoreError(error)))),
        Effect.catchTag("ApiError", (error) => Effect.succeed(errorReply(error))),
        Effect.catchCause((cause) => {
          const reference = String(api.nextReference())
          return Effect.as(
            Effect.logError(`events could not be taken in (${reference})`, Cause.pretty(cause)),
            errorReply(apiError("INTERNAL", { reference }))
          )
        })
      )
    )
    const origin = context.req.header("origin")
    return origin !== undefined && allows(context.req.path, origin) ? openTo(reply, origin) : reply
  }
  api.app.post(path, (context) => answer(context, takeEvents))
  api.app.get(path, (context) => answer(context, showContract))
  api.app.options(path, (context) => {
    const origin = context.req.header("origin")
    return origin !== undefined && allows(context.req.path, origin)
      ? openTo(new Response(null, { status: 204 }), origin)
      : errorReply(apiError("ORIGIN_REFUSED", {}))
  })
}

/** What a browser must be told before it lets a page of another site send, and read the answer. Cookies are not asked for. */
const openTo = (reply: Response, origin: string): Response => {
  reply.headers.set("access-control-allow-origin", origin)
  reply.headers.set("vary", "origin")
  reply.headers.set("access-control-allow-methods", "GET, POST")
  reply.headers.set("access-control-allow-headers", "authorization, content-type, content-encoding")
  reply.headers.set("access-control-expose-headers", "retry-after")
  reply.headers.set("access-control-max-age", "7200")
  reply.headers.set("cross-origin-resource-policy", "cross-origin")
  return reply
}
