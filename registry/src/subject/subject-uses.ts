import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/**
 * Who uses a subject of the default context, in words, such as `movies writes it`: while somebody does, none of its versions is deleted. Nobody, unless
 * the program that serves the registry says so.
 */
export const SubjectUses = Context.Reference<(subject: string) => Effect.Effect<readonly string[]>>(
  "millrace/registry/SubjectUses",
  { defaultValue: () => () => Effect.succeed([]) }
)
