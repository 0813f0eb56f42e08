import * as Schema from "effect/Schema"

/** A secret that a pipeline asks for and that has no value which can be read. */
export const MissingSecret = Schema.Struct({
  secret: Schema.String,
  /** Nodes whose requests fail without it. */
  nodes: Schema.Array(Schema.String)
})
export type MissingSecret = typeof MissingSecret.Type
