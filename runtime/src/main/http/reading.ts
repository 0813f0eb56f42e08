import {
  authenticate,
  bearer,
  errorReply,
  fromStoreError,
  isLocalRequest,
  type RegistryServices
} from "@millrace/registry/server"
import * as Effect from "effect/Effect"
import type { Context } from "hono"

/** Answers what anyone may read who may read at all: by a token, or from this machine. Else the API's error. */
export const reading = (
  context: Context,
  reply: () => Promise<Response> | Response,
  run: <A, E>(effect: Effect.Effect<A, E, RegistryServices>) => Promise<A>
): Promise<Response> =>
  run(
    authenticate({
      access: "read",
      resource: undefined,
      token: bearer(context),
      isLocal: isLocalRequest(context)
    }).pipe(
      Effect.catchTag("StoreError", (error) => Effect.fail(fromStoreError(error))),
      Effect.match({
        onSuccess: () => undefined,
        onFailure: (error) => errorReply(error)
      })
    )
  ).then((refusal) => refusal ?? reply())
