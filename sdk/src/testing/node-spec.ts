import type { NodeSpec, SegmentSpec } from "@millrace/sandbox"
import { schemaHash } from "../avro/fingerprint.ts"
import { schemaText } from "../avro/json.ts"
import { generateKey, generateKeyOf, generateMapKey } from "../codec/generate-key.ts"
import { generateValue, generateWriter } from "../codec/generate-value.ts"
import { generateView } from "../codec/generate-view.ts"
import { generateExpression } from "../expression/index.ts"
import { nodeKind, type PluginManifest } from "../manifest/manifest.ts"
import type { ResolvedNode } from "../manifest/node-resolution.ts"

/** What a test says of the node beside its plugin. */
export interface NodeText {
  readonly manifest: PluginManifest
  readonly resolved: ResolvedNode
  readonly config: unknown
  readonly bundle: string
  readonly digest: string
}

/** The node as the sandbox runs it. */
export const nodeSpec = ({ manifest, resolved, config, bundle, digest }: NodeText): NodeSpec => ({
  node: manifest.name,
  plugin: manifest.name,
  kind: nodeKind(manifest),
  digest,
  bundle,
  configJson: JSON.stringify(config),
  expressions: mapValues(resolved.expressions, generateExpression),
  views: mapValues(resolved.inputs, ({ view }) => generateView(view)),
  schemas: mapValues(resolved.inputs, ({ reader }) => schemaText(reader)),
  outputs: Object.entries(resolved.outputs).map(([name, output]) => ({
    name,
    schemaHash: schemaHash(output.schema),
    ...(output.form === "writer" ? { writer: generateWriter(output.schema) } : {}),
    ...(output.rekey ? { key: generateKey(output.schema, output.key) } : {})
  })),
  state: resolved.state.map(({ name, kind, schema, mapKey, ttlMs }) => ({
    name,
    kind,
    codec: generateValue(schema),
    schemaHash: schemaHash(schema),
    ...(mapKey === undefined ? {} : { mapKeyCodec: generateMapKey(mapKey) }),
    ...(ttlMs === undefined ? {} : { ttlMs })
  })),
  ...(manifest.timers ? { timers: true } : {}),
  tables: Object.entries(resolved.tables).map(([handle, { view, keyTypes }]) => ({
    handle,
    view: generateView(view),
    keyOf: generateKeyOf(keyTypes)
  })),
  handles: [...new Set(manifest.permissions.map(({ handle }) => handle))].toSorted(),
  onError: "dead-letter",
  maxRetries: 0
})

/** Where the segment runs. */
export interface SegmentPlace {
  /** Each call sees a fresh realm. */
  readonly isFresh: boolean
  /** Segments of one domain share a process. Default `test`. */
  readonly domain?: string | undefined
}

/** A segment of the one node, with the limits that a pipeline has by default. */
export const segmentSpec = (node: NodeSpec, { isFresh, domain = "test" }: SegmentPlace): SegmentSpec => ({
  id: `test/${node.node}`,
  domain,
  nodes: [node],
  isFresh,
  limits: {
    memoryMiB: 128,
    deadlineMs: 10_000,
    maxOutputBytes: 32 * 1024 * 1024,
    maxOutputRecordsPerInput: 10_000
  }
})

const mapValues = <A, B>(
  values: { readonly [name: string]: A },
  convert: (value: A) => B
): { readonly [name: string]: B } =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, convert(value)]))
