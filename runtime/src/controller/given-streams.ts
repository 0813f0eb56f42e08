import * as Context from "effect/Context"
import type { CatalogueTopic } from "../plan/dependencies.ts"

/**
 * Streams that no pipeline here writes: the program itself appends to them, as a source would commit. Pipelines read them by
 * name. By default there are none.
 */
export const GivenStreams = Context.Reference<ReadonlyMap<string, CatalogueTopic>>(
  "millrace/controller/GivenStreams",
  { defaultValue: () => new Map() }
)
