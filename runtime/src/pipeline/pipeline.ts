import * as Schema from "effect/Schema"
import { Alerts } from "./alerts.ts"

const Names = Schema.Array(Schema.String)

const PackageReferenceSchema = Schema.Struct({
  package: Schema.String,
  /** A range of versions, as npm reads it. */
  range: Schema.String,
  /** Absent: the package's only plugin of the node's kind. */
  plugin: Schema.optionalKey(Schema.String)
})
export type PackageReference = typeof PackageReferenceSchema.Type

const PathReferenceSchema = Schema.Struct({
  /** As written: `./processors/in-euros.ts`. */
  path: Schema.String,
  plugin: Schema.optionalKey(Schema.String)
})
export type PathReference = typeof PathReferenceSchema.Type

const StreamReferenceSchema = Schema.Union([
  /** Absent output: the node's only one. */
  Schema.Struct({ node: Schema.String, output: Schema.optionalKey(Schema.String) }),
  Schema.Struct({ stream: Schema.String })
])
export type StreamReference = typeof StreamReferenceSchema.Type

const OutputOptionsSchema = Schema.Struct({
  stream: Schema.optionalKey(Schema.String),
  partitions: Schema.optionalKey(Schema.Int),
  /** Bytes that each partition keeps. */
  retainBytes: Schema.optionalKey(Schema.Int),
  /** Of each key the newest record is kept. */
  compact: Schema.optionalKey(Schema.Boolean),
  key: Schema.optionalKey(Names)
})
export type OutputOptions = typeof OutputOptionsSchema.Type

/** How a source's watermarks follow its records. */
export const WatermarkOptions = Schema.Struct({
  outOfOrdernessMs: Schema.Int,
  /** Absent: a partition is never idle. */
  idleAfterMs: Schema.optionalKey(Schema.Int)
})
export type WatermarkOptions = typeof WatermarkOptions.Type

const PipelineNodeSchema = Schema.Struct({
  kind: Schema.Literals(["source", "processor", "sink"]),
  plugin: Schema.Union([PackageReferenceSchema, PathReferenceSchema]),
  /** A list: for the plugin's only input. By name otherwise. A source has none. */
  from: Schema.Union([
    Schema.Array(StreamReferenceSchema),
    Schema.Record(Schema.String, Schema.Array(StreamReferenceSchema))
  ]),
  tables: Schema.Record(Schema.String, StreamReferenceSchema),
  /** The config as written; the plugin's defaults are not filled in. Its keys keep their order, for a plugin may go by it. */
  with: Schema.Record(Schema.String, Schema.Json),
  /** Of a source; absent: its records have no watermarks. */
  watermark: Schema.optionalKey(WatermarkOptions),
  /** Of the plugin's only output. */
  output: OutputOptionsSchema,
  /** By name, for a plugin with several. */
  outputs: Schema.Record(Schema.String, OutputOptionsSchema),
  onError: Schema.Struct({
    policy: Schema.Literals(["dead-letter", "skip", "fail"]),
    retries: Schema.Int
  })
})
export type PipelineNode = typeof PipelineNodeSchema.Type

/**
 * A pipeline in canonical form: one meaning, one form, whatever it was written in. YAML comes down to it, and so does a
 * pipeline made by a program. Nothing in it depends on what packages there are; the planner goes on from here.
 */
export const Pipeline = Schema.Struct({
  pipeline: Schema.String,
  owner: Schema.optionalKey(Schema.String),
  description: Schema.optionalKey(Schema.String),
  /** What it says of alert rules; absent: nothing. */
  alerts: Schema.optionalKey(Alerts),
  /** When its commits are durable; absent: as the platform was started. */
  durability: Schema.optionalKey(Schema.Literals(["fsync", "async"])),
  /** By name, in the order of their names. */
  nodes: Schema.Record(Schema.String, PipelineNodeSchema)
})
export type Pipeline = typeof Pipeline.Type

const writeJson = (value: unknown, keepOrder: boolean): string => {
  if (Array.isArray(value)) return `[${value.map((item) => writeJson(item, keepOrder)).join(",")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null"
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  if (!keepOrder) entries.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${writeJson(item, keepOrder)}`).join(",")}}`
}

/** JSON with sorted keys (by UTF-16 units) and without blanks: the same text for the same value. */
export const canonicalJson = (value: unknown): string => writeJson(value, false)

/** The canonical text of a pipeline: what is stored, compared and hashed. Only in `with` do keys keep their order. */
export const canonicalText = (pipeline: Pipeline): string => {
  const nodes = Object.entries(pipeline.nodes).map(([name, { with: config, ...node }]) => {
    const rest = canonicalJson(node)
    return `${JSON.stringify(name)}:${rest.slice(0, -1)},"with":${writeJson(config, true)}}`
  })
  const { nodes: _nodes, ...head } = pipeline
  return `{"nodes":{${nodes.join(",")}},${canonicalJson(head).slice(1)}`
}
