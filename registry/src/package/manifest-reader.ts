import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** The bundle did not load, or did not say what it holds. */
export class ManifestReadError extends Schema.TaggedError<ManifestReadError>()("ManifestReadError", {
  message: Schema.String
}) {}

/**
 * Evaluates a bundle in the sandbox, without capabilities, and answers the text of its `manifest()`: the JSON of its
 * plugins. The registry never runs a bundle itself.
 */
export class ManifestReader extends Context.Service<
  ManifestReader,
  { readonly read: (bundle: string) => Effect.Effect<string, ManifestReadError> }
>()("@millrace/registry/ManifestReader") {}
