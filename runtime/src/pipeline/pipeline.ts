import type { Json } from "@millrace/sdk/avro"

/**
 * A pipeline in canonical form: one meaning, one form, whatever it was written in. YAML comes down to it, and so does a
 * pipeline made by a program. Nothing in it depends on what packages there are; the planner goes on from here.
 */
export interface Pipeline {
  readonly pipeline: string
  readonly owner?: string
  readonly description?: string
  /** By name, in the order of their names. */
  readonly nodes: { readonly [name: string]: PipelineNode }
}

export interface PipelineNode {
  readonly kind: "source" | "processor" | "sink"
  readonly plugin: PackageReference | PathReference
  /** A list: for the plugin's only input. By name otherwise. A source has none. */
  readonly from: readonly StreamReference[] | { readonly [input: string]: readonly StreamReference[] }
  readonly tables: { readonly [handle: string]: StreamReference }
  /** The config as written; the plugin's defaults are not filled in. Its keys keep their order, for a plugin may go by it. */
  readonly with: { readonly [key: string]: Json }
  /** Of the plugin's only output. */
  readonly output: OutputOptions
  /** By name, for a plugin with several. */
  readonly outputs: { readonly [output: string]: OutputOptions }
  readonly onError: { readonly policy: "dead-letter" | "skip" | "fail"; readonly retries: number }
}

export interface PackageReference {
  readonly package: string
  /** A range of versions, as npm reads it. */
  readonly range: string
  /** Absent: the package's only plugin of the node's kind. */
  readonly plugin?: string
}
export interface PathReference {
  /** As written, with forward slashes: `./processors/in-euros.ts`. */
  readonly path: string
  readonly plugin?: string
}

export type StreamReference =
  /** Absent output: the node's only one. */
  { readonly node: string; readonly output?: string } | { readonly stream: string }

export interface OutputOptions {
  readonly stream?: string
  readonly partitions?: number
  readonly key?: readonly string[]
}

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
