import * as Schema from "effect/Schema"
import { defineEndpoint, json, ok } from "./endpoint.ts"

/** A field of what flows along an edge. */
export const GraphField = Schema.Struct({
  name: Schema.String,
  /** As in messages: `double`, `[null, string]`. */
  type: Schema.String,
  doc: Schema.optionalKey(Schema.String),
  sensitive: Schema.Boolean
})

export const GraphOutputField = Schema.Struct({
  ...GraphField.fields,
  /** The node's own input fields that it is made of: `input.field` or `table.field`. */
  inputs: Schema.Array(Schema.String),
  /** Where its values come from in the end: `node.field` of sources, `stream.field` of other pipelines' streams. */
  origins: Schema.Array(Schema.String)
})
export type GraphOutputField = typeof GraphOutputField.Type

/** What a node is fed by: an output of a node of this pipeline, or another pipeline's stream. */
export const GraphFeed = Schema.Struct({
  node: Schema.NullOr(Schema.String),
  output: Schema.NullOr(Schema.String),
  stream: Schema.NullOr(Schema.String)
})
export type GraphFeed = typeof GraphFeed.Type

export const GraphNode = Schema.Struct({
  node: Schema.String,
  kind: Schema.Literals(["source", "processor", "sink"]),
  /** `name@version#plugin`, or the path and plugin. */
  plugin: Schema.String,
  /** SRI of the bundle. */
  digest: Schema.String,
  onError: Schema.String,
  config: Schema.Unknown,
  /** Head of the chain that it runs in. */
  chain: Schema.String,
  /** Whose sandbox processes run it. */
  domain: Schema.String,
  /** True when every source that it depends on ends. */
  bounded: Schema.Boolean,
  inputs: Schema.Array(
    Schema.Struct({
      input: Schema.String,
      feeds: Schema.Array(GraphFeed),
      keyBy: Schema.Array(Schema.String),
      /** What the body gets at. */
      fields: Schema.Array(GraphField)
    })
  ),
  tables: Schema.Array(Schema.Struct({ handle: Schema.String, feed: GraphFeed })),
  outputs: Schema.Array(
    Schema.Struct({
      output: Schema.String,
      /** Its name in the catalogue, where it has one. */
      stream: Schema.NullOr(Schema.String),
      key: Schema.Array(Schema.String),
      fields: Schema.Array(GraphOutputField)
    })
  ),
  state: Schema.Array(Schema.Struct({ name: Schema.String, kind: Schema.String })),
  /** What its state and timers go by, in words. */
  stateKey: Schema.NullOr(Schema.String),
  permissions: Schema.Array(
    Schema.Struct({
      handle: Schema.String,
      /** In plain words: `read files below /data/movies.json`. */
      permission: Schema.String,
      granted: Schema.Boolean
    })
  )
})
export type GraphNode = typeof GraphNode.Type

export const GraphTopic = Schema.Struct({
  topic: Schema.String,
  partitions: Schema.Int,
  internal: Schema.Boolean,
  /** The node and output that it holds. */
  producer: Schema.NullOr(Schema.Struct({ node: Schema.String, output: Schema.String })),
  key: Schema.Array(Schema.String),
  why: Schema.String
})

/** The plan that runs, as a graph. */
export const PipelineGraph = Schema.Struct({
  pipeline: Schema.String,
  owner: Schema.NullOr(Schema.String),
  revision: Schema.Int,
  hash: Schema.String,
  /** In the order of the data. */
  nodes: Schema.Array(GraphNode),
  topics: Schema.Array(GraphTopic),
  chains: Schema.Array(
    Schema.Struct({
      head: Schema.String,
      /** Null: a task per partition of its source. */
      partitions: Schema.NullOr(Schema.Int),
      reads: Schema.Array(Schema.String),
      writes: Schema.Array(Schema.String),
      segments: Schema.Array(Schema.Struct({ domain: Schema.String, nodes: Schema.Array(Schema.String) }))
    })
  ),
  /** What `millrace plan --explain` prints. */
  explanation: Schema.Array(Schema.String)
})
export type PipelineGraph = typeof PipelineGraph.Type

/** Shows the plan that a pipeline runs by. */
export const graphEndpoint = defineEndpoint({
  id: "pipelineGraph",
  method: "GET",
  path: "/api/status/:pipeline/graph",
  tag: "control",
  summary: "The plan that a pipeline runs by: nodes, what feeds each, schemas, field lineage, topics, chains",
  access: "read",
  params: Schema.Struct({ pipeline: Schema.String }),
  success: ok(json(PipelineGraph)),
  errors: ["PIPELINE_UNKNOWN"]
})
