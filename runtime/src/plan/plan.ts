import { Permission } from "@millrace/sdk/permission"
import * as Schema from "effect/Schema"
import { type Pipeline, WatermarkOptions } from "../pipeline/index.ts"
import type { PhysicalPlan } from "./physical.ts"
import type { Lock } from "./resolution/lock.ts"

/** What is to be planned. */
export interface PlanRequest {
  /** Text of the pipeline file. */
  readonly text: string
  /** Values for `${NAME}`, over the file's own. */
  readonly vars: { readonly [name: string]: string }
  /** Absolute folder that relative paths in the pipeline are meant from. */
  readonly baseFolder: string
  /** Bundles of the plugins by path, by the path written in the pipeline. */
  readonly modules: { readonly [path: string]: { readonly bundle: string } }
  /** What the running revision is pinned to; undefined at first. */
  readonly lock: Lock | undefined
  /** Resolve ranges anew instead of keeping the lock's versions. */
  readonly upgrade: boolean
  /** Consents in force, by node. */
  readonly grants: readonly { readonly node: string; readonly permission: Permission }[]
}

const Names = Schema.Array(Schema.String)
const Texts = Schema.Record(Schema.String, Schema.String)

const PlannedInput = Schema.Struct({
  /** `node.output`, or the stream's name. */
  from: Names,
  /** Avro schema text of the values that the body gets. */
  schema: Schema.String,
  /** The fields that the records are keyed by on arrival, where the plugin asks. */
  keyBy: Schema.optionalKey(Names),
  /** Where it reads another pipeline's stream: Avro schema text that this has; absent in plans of before. */
  writer: Schema.optionalKey(Schema.String)
})

const PlannedOutput = Schema.Struct({
  schema: Schema.String,
  subject: Schema.optionalKey(Schema.String),
  key: Names,
  stream: Schema.optionalKey(Schema.String),
  /** Output field -> the node's own input fields, `input.field` or `table.field`. */
  lineage: Schema.Record(Schema.String, Names),
  /** Output field -> where it comes from in the end: `node.field` of sources, `stream.field` of other pipelines' streams. */
  origins: Schema.Record(Schema.String, Names)
})

const PlannedState = Schema.Struct({
  name: Schema.String,
  kind: Schema.Literals(["value", "map"]),
  schema: Schema.String,
  mapKey: Schema.optionalKey(Schema.String),
  ttlMs: Schema.optionalKey(Schema.Number),
  /** Avro schema texts of the old values that the plugin has a migration for, in its order. */
  migrate: Schema.optionalKey(Names)
})
export type PlannedState = typeof PlannedState.Type

export const PlannedNode = Schema.Struct({
  name: Schema.String,
  kind: Schema.Literals(["source", "processor", "sink"]),
  /** `name@version#plugin`, or the path and plugin. */
  plugin: Schema.String,
  /** SRI of the bundle. */
  digest: Schema.String,
  configJson: Schema.String,
  onError: Schema.String,
  /** Of a source that gives its records watermarks. */
  watermark: Schema.optionalKey(WatermarkOptions),
  inputs: Schema.Record(Schema.String, PlannedInput),
  /** By handle: what feeds the lookup table. */
  tables: Texts,
  /** By handle, of those that another pipeline's stream feeds: as an input's `writer`. */
  tableWriters: Schema.optionalKey(Texts),
  outputs: Schema.Record(Schema.String, PlannedOutput),
  state: Schema.Array(PlannedState),
  /** What its state and timers go by, in words; absent where it has neither. */
  stateKey: Schema.optionalKey(Schema.String),
  /** The form of each field of that key in key bytes. */
  keyForms: Schema.optionalKey(Names),
  /** True when every source that it depends on ends. */
  bounded: Schema.Boolean
})
export type PlannedNode = typeof PlannedNode.Type

export const PlannedTopic = Schema.Struct({
  name: Schema.String,
  partitions: Schema.Int,
  internal: Schema.Boolean,
  /** Bytes that each partition keeps; absent: all. */
  retainBytes: Schema.optionalKey(Schema.Int),
  /** Of each key only the newest record is kept. */
  compact: Schema.optionalKey(Schema.Boolean),
  /** The node and output that it holds; absent for what only repartitions, and for the dead letters. */
  producer: Schema.optionalKey(Schema.Struct({ node: Schema.String, output: Schema.String })),
  /** Chains that write it, `PIPELINE/HEAD`. */
  producers: Names,
  /** Avro schema text; absent for the dead letters. */
  schema: Schema.optionalKey(Schema.String),
  key: Names,
  bounded: Schema.Boolean,
  /** Why there is a topic: `named studio.movies`, `read by a and b`, `repartitioned by director for counts`. */
  why: Schema.String
})
export type PlannedTopic = typeof PlannedTopic.Type

export const PlannedPermission = Schema.Struct({
  node: Schema.String,
  handle: Schema.String,
  /** Who asks: `name@version`, or a path. */
  package: Schema.String,
  permission: Permission,
  granted: Schema.Boolean
})
export type PlannedPermission = typeof PlannedPermission.Type

/** A pipeline settled to the last version, schema and permission; `planToJson` stores it. */
export interface Plan {
  readonly pipeline: Pipeline
  readonly lock: Lock
  /** In the order of the data. */
  readonly nodes: readonly PlannedNode[]
  readonly topics: readonly PlannedTopic[]
  /** Everything that the pipeline asks for, granted or not. `apply` refuses a plan with one that is not. */
  readonly permissions: readonly PlannedPermission[]
  /** Worth saying, and no reason to refuse. */
  readonly warnings: readonly string[]
  /** `hash` is of all the above but warnings and grants: the same request and surroundings give the same. */
  readonly physical: PhysicalPlan
}

const ProblemFields = Schema.Struct({
  code: Schema.String,
  message: Schema.String,
  path: Schema.String,
  line: Schema.optionalKey(Schema.Int),
  column: Schema.optionalKey(Schema.Int),
  remedy: Schema.String
})

/** The pipeline cannot be run as it stands. Holds every problem found, in the order of the text. */
export class PlanFailed extends Schema.TaggedError<PlanFailed>()("PlanFailed", {
  problems: Schema.Array(ProblemFields)
}) {
  override get message(): string {
    return this.problems.map(({ code, path, message }) => `${code} at ${path}: ${message}`).join("\n")
  }
}
