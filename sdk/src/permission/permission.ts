import * as Schema from "effect/Schema"

/** A literal, or the value of the node's config at a JSON pointer; an optional one the config may leave out. */
const Template = Schema.Union([
  Schema.String,
  Schema.Struct({ config: Schema.String, optional: Schema.optionalKey(Schema.Literal(true)) })
])

/**
 * What a plugin asks for, as its manifest states it (Deno's descriptors). Before a grant every template is resolved
 * with the node's config, so that an operator sees and grants what will really be touched.
 */
export const Permission = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("read"), path: Template }),
  Schema.Struct({ kind: Schema.Literal("write"), path: Template }),
  // A host that the config gives may stand there as a URL, which gives the port as well.
  Schema.Struct({
    kind: Schema.Literal("net"),
    host: Template,
    port: Schema.optionalKey(Schema.Int),
    methods: Schema.optionalKey(Schema.Array(Schema.String))
  }),
  Schema.Struct({ kind: Schema.Literal("env"), name: Schema.String }),
  Schema.Struct({
    kind: Schema.Literal("secret"),
    name: Template,
    mode: Schema.Literals(["inject", "sign", "reveal"]),
    // An origin, like https://api.example.com; a secret that is revealed has none.
    destination: Schema.optionalKey(Template),
    // In place of an origin: brokers of Kafka, as `kafka` has them.
    brokers: Schema.optionalKey(Template)
  }),
  // A topic of a cluster that is not Millrace's own; brokers as host:port, with commas between.
  Schema.Struct({
    kind: Schema.Literal("kafka"),
    brokers: Template,
    topic: Template,
    access: Schema.Literals(["read", "write"])
  }),
  Schema.Struct({ kind: Schema.Literal("kafka-group"), brokers: Template, group: Template }),
  Schema.Struct({
    kind: Schema.Literal("topic"),
    topic: Template,
    access: Schema.Literals(["read", "write"])
  }),
  // What is posted to the node's own address. Browsers may send it only from pages of these origins.
  Schema.Struct({
    kind: Schema.Literal("listen"),
    origins: Schema.optionalKey(
      Schema.Union([Schema.Array(Schema.String), Schema.Struct({ config: Schema.String })])
    )
  }),
  Schema.Struct({ kind: Schema.Literal("clock") }),
  Schema.Struct({ kind: Schema.Literal("random") })
])
export type Permission = typeof Permission.Type
