import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { WatchedPipeline } from "./rules/rules-in-force.ts"

/** What runs, as alert rules are made for it. */
export class Watched extends Context.Service<
  Watched,
  { readonly pipelines: Effect.Effect<readonly WatchedPipeline[]> }
>()("millrace/observe/Watched") {}
