import { Permission } from "@millrace/sdk/permission"
import * as Schema from "effect/Schema"
import { Pipeline, WatermarkOptions } from "../pipeline/index.ts"
import { PlannedNode, PlannedPermission, PlannedTopic } from "./plan.ts"
import { Lock } from "./resolution/lock.ts"

const Names = Schema.Array(Schema.String)
const Texts = Schema.Record(Schema.String, Schema.String)
const Hash = Schema.Uint8ArrayFromHex

/** A `NodeSpec` without its bundle: that is kept once for all nodes that share it. */
const StoredSpec = Schema.Struct({
  node: Schema.String,
  plugin: Schema.String,
  kind: Schema.Literals(["processor", "source", "sink"]),
  digest: Schema.String,
  configJson: Schema.String,
  expressions: Texts,
  views: Texts,
  schemas: Texts,
  outputs: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      schemaHash: Hash,
      writer: Schema.optionalKey(Schema.String),
      key: Schema.optionalKey(Schema.String)
    })
  ),
  state: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      kind: Schema.Literals(["value", "map"]),
      codec: Schema.String,
      mapKeyCodec: Schema.optionalKey(Schema.String),
      schemaHash: Schema.optionalKey(Hash),
      ttlMs: Schema.optionalKey(Schema.Number)
    })
  ),
  timers: Schema.optionalKey(Schema.Boolean),
  tables: Schema.Array(Schema.Struct({ handle: Schema.String, view: Schema.String, keyOf: Schema.String })),
  handles: Names,
  onError: Schema.Literals(["dead-letter", "skip", "fail"]),
  maxRetries: Schema.Int
})

const StoredNode = Schema.Struct({
  spec: StoredSpec,
  package: Schema.Union([
    Schema.Struct({ name: Schema.String, version: Schema.String, integrity: Schema.String }),
    Schema.Struct({ path: Schema.String })
  ]),
  stateKey: Schema.optionalKey(Schema.String),
  mapKeys: Schema.optionalKey(Texts),
  permissions: Schema.Array(Schema.Struct({ handle: Schema.String, permission: Permission }))
})

const StoredSegment = Schema.Struct({
  domain: Schema.String,
  nodes: Schema.Array(StoredNode),
  passes: Schema.optionalKey(
    Schema.Array(Schema.Struct({ first: Schema.Int, pass: Schema.String, steps: Names }))
  ),
  limits: Schema.Struct({
    memoryMiB: Schema.Number,
    deadlineMs: Schema.Number,
    maxOutputBytes: Schema.Number,
    maxOutputRecordsPerInput: Schema.Number
  })
})

const StoredChain = Schema.Struct({
  head: Schema.String,
  partitions: Schema.Union([Schema.Int, Schema.Literal("source")]),
  inputs: Schema.Array(
    Schema.Struct({
      topic: Schema.String,
      input: Schema.String,
      producers: Names,
      schema: Schema.optionalKey(Schema.String)
    })
  ),
  tables: Schema.Array(
    Schema.Struct({
      node: Schema.String,
      handle: Schema.String,
      topic: Schema.String,
      producers: Names,
      schema: Schema.optionalKey(Schema.String),
      bounded: Schema.Boolean
    })
  ),
  segments: Schema.Array(StoredSegment),
  outputs: Schema.Array(
    Schema.Struct({
      output: Schema.String,
      topic: Schema.String,
      key: Schema.optionalKey(Schema.Array(Schema.String))
    })
  ),
  deadLetterTopic: Schema.String,
  errorBudget: Schema.Struct({ window: Schema.Number, minimum: Schema.Number, ratio: Schema.Number }),
  partitionsEveryMs: Schema.optionalKey(Schema.Int),
  watermark: Schema.optionalKey(WatermarkOptions),
  sink: Schema.optionalKey(
    Schema.Struct({
      node: Schema.String,
      transactional: Schema.Boolean,
      maxRecords: Schema.Int,
      maxDelayMs: Schema.Int
    })
  )
})

/** A `Plan` as JSON: hashes in hex, each bundle once. */
export const StoredPlan = Schema.Struct({
  version: Schema.Literal(1),
  pipeline: Pipeline,
  lock: Lock,
  nodes: Schema.Array(PlannedNode),
  topics: Schema.Array(PlannedTopic),
  permissions: Schema.Array(PlannedPermission),
  warnings: Names,
  physical: Schema.Struct({
    pipeline: Schema.String,
    hash: Schema.String,
    durability: Schema.optionalKey(Schema.Literals(["fsync", "async"])),
    topics: Schema.Array(
      Schema.Struct({
        name: Schema.String,
        partitions: Schema.Int,
        internal: Schema.Boolean,
        retainBytes: Schema.optionalKey(Schema.Int),
        compact: Schema.optionalKey(Schema.Boolean)
      })
    ),
    schemas: Names,
    chains: Schema.Array(StoredChain)
  }),
  /** By digest. */
  bundles: Texts
})
export type StoredPlan = typeof StoredPlan.Type
export type StoredChain = typeof StoredChain.Type
