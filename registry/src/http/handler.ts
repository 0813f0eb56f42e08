import type { ApiError } from "@millrace/sdk/api"
import type * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type { Authenticator } from "../auth/authenticate.ts"
import type { StoreError } from "../store/store-error.ts"

/** What runs the handlers: a `ManagedRuntime`, or `Effect.runPromiseExitWith` of a context. */
export interface HandlerRuntime<R> {
  readonly runPromiseExit: <A, E>(effect: Effect.Effect<A, E, R>) => Promise<Exit.Exit<A, unknown>>
}

export interface MountOptions<R> {
  readonly runtime: HandlerRuntime<R>
  readonly auth: Authenticator<NoInfer<R>>
}

/** A handler as the route sees it. */
export type AnyHandler<R> = (request: unknown) => Effect.Effect<unknown, ApiError | StoreError, R>
