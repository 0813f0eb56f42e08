import * as Schema from "effect/Schema"

/** A test could not be set up or run: an offence of the bundle, a problem of the node, a failure of the sandbox. */
export class TestError extends Schema.TaggedError<TestError>()("TestError", {
  /** The code of a node's problem or of the sandbox; `BUNDLE` or `SETUP` for what came before. */
  code: Schema.String,
  message: Schema.String,
  /** `_tag` of the plugin's own error, where it is one. */
  tag: Schema.optionalKey(Schema.String)
}) {}
