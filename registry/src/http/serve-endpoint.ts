import { apiError, type Endpoint } from "@millrace/sdk/api"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Context } from "hono"
import type { StoreError } from "../store/store-error.ts"
import type { Api } from "./api.ts"
import { bearer } from "./bearer.ts"
import { errorReply, fromStoreError } from "./error-reply.ts"
import type { AnyHandler, MountOptions } from "./handler.ts"
import { isLocalRequest } from "./peer.ts"
import { readBody } from "./request-body.ts"
import { readParts } from "./request-parts.ts"
import { successReply } from "./success-reply.ts"

interface Route<R> {
  readonly api: Api
  readonly endpoint: Endpoint
  readonly handler: AnyHandler<R>
  readonly options: MountOptions<R>
}

// Authorization comes before the body is read: a stranger cannot make us take in megabytes.
const answer = <R>(context: Context, { api, endpoint, handler, options }: Route<R>) =>
  Effect.gen(function* () {
    const resource = endpoint.resource === undefined ? undefined : context.req.param(endpoint.resource)
    const caller = yield* options.auth({
      access: endpoint.access,
      resource,
      token: bearer(context),
      isLocal: isLocalRequest(context)
    })
    const { params, query } = yield* readParts(context, endpoint)
    const body = yield* readBody(context, endpoint)
    return yield* successReply(endpoint, yield* handler({ params, query, body, caller }))
  }).pipe(
    Effect.catchTag("StoreError", (error: StoreError) =>
      Effect.logError(
        "the store failed",
        { operation: error.operation, reason: error.reason },
        error.cause
      ).pipe(Effect.andThen(Effect.fail(fromStoreError(error))))
    ),
    Effect.catchTag("ApiError", (error) => Effect.succeed(errorReply(error))),
    Effect.catchCause((cause) => {
      const reference = String(api.nextReference())
      return Effect.as(
        Effect.logError(`a request failed inside (${reference})`, Cause.pretty(cause)),
        errorReply(apiError("INTERNAL", { reference }))
      )
    })
  )

/** Adds the route of one endpoint: who calls, what for, is it well formed; then the handler. */
export const serveEndpoint = <R>(route: Route<R>): void => {
  const { api, endpoint, options } = route
  api.app.on(endpoint.method, endpoint.path, async (context) => {
    const exit = await options.runtime.runPromiseExit(answer(context, route))
    // Only the runtime's own end (interruption at shutdown) is left as a failure here.
    return Exit.isSuccess(exit)
      ? exit.value
      : errorReply(apiError("STORE_FAILED", { reason: "shutting down" }))
  })
}
