import * as Schema from "effect/Schema"

/** A broker could not be had: what is wrong, and how to mend it. */
export class KafkaSetupError extends Schema.TaggedError<KafkaSetupError>()("KafkaSetupError", {
  message: Schema.String,
  remedy: Schema.String
}) {}
