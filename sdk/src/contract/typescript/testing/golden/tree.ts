// Generated from demo.tree, version 1; edit by `millrace types`.
import { Contract, Schema } from "@millrace/sdk"

export class Node extends Contract<Node>()({
  subject: "demo.tree",
  key: "id",
  schema: Schema.Struct({
    id: Schema.Int,
    left: Schema.NullOr(Schema.suspend((): Schema.Codec<Node> => Node)).annotateKey({ "avro.default": null }),
    children: Schema.Array(Schema.suspend((): Schema.Codec<Node> => Node))
  }).annotate({ "avro.name": "demo.Node" })
}) {}
