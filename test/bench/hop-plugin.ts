import { createHash } from "node:crypto"
import { fileURLToPath } from "node:url"
import { type RecordType, schemaHash, schemaText } from "@millrace/sdk/avro"
import { bundlePlugins, type Bundle, readPluginManifests } from "@millrace/sdk/build"
import { generateView, generateWriter, passesOf, type View } from "@millrace/sdk/codec"
import {
  decodeDeriveReply,
  deriveRequest,
  needsDerive,
  type PluginManifest,
  resolveNode
} from "@millrace/sdk/manifest"
import { SandboxPool } from "@millrace/sandbox"
import type { NodeSpec, SegmentSpec } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import { bidType } from "./bid.ts"

/** One of the benches' plugins, and how it is configured. */
export interface BidNode {
  readonly plugin: string
  readonly config?: unknown
}

/** The benches' plugins, bundled and inspected as a pipeline would have them. */
export interface BidPlugins {
  /** A segment of these nodes, one after the other: each is resolved against what the one before gives. */
  readonly segment: (nodes: readonly BidNode[], input?: RecordType) => Effect.Effect<BidSegment>
}

export interface BidSegment {
  readonly spec: SegmentSpec
  /** What the last node gives. */
  readonly output: RecordType
}

export const bidPlugins = Effect.fn("bidPlugins")(function* () {
  const pool = yield* SandboxPool
  const bundle = yield* bundlePlugins({
    entry: fileURLToPath(new URL("./plugins/bids.ts", import.meta.url))
  })
  const manifests = yield* readPluginManifests(bundle, pool.manifest)
  const node = Effect.fn("node")(function* ({ config = {}, plugin: name }: BidNode, schema: RecordType) {
    const plugin = manifests.find((each) => each.name === name)
    if (plugin === undefined) return yield* Effect.die(`no plugin ${name}`)
    const request = {
      plugin,
      config,
      inputs: { [plugin.inputs[0]?.name ?? "input"]: { schema, key: [] } },
      tables: {}
    }
    const derived = needsDerive(plugin) ? yield* derivedOf(pool, bundle, request) : undefined
    const resolved = resolveNode(derived === undefined ? request : { ...request, derived })
    if ("problems" in resolved) return yield* Effect.die(resolved.problems)
    return specOf(plugin, bundle, config, resolved.ok)
  })
  const segment: BidPlugins["segment"] = (nodes, input = bidType()) =>
    Effect.gen(function* () {
      const specs: NodeSpec[] = []
      const views: (View | undefined)[] = []
      let schema = input
      for (const each of nodes) {
        const made = yield* node(each, schema)
        specs.push(made.spec)
        views.push(made.view)
        schema = made.output ?? schema
      }
      return { spec: { ...segmentOf(specs), passes: passesOf(views) }, output: schema }
    }).pipe(Effect.orDie)
  return { segment }
})

type Resolution = Extract<ReturnType<typeof resolveNode>, { readonly ok: unknown }>["ok"]

const derivedOf = Effect.fn("derivedOf")(function* (
  pool: typeof SandboxPool.Service,
  bundle: Bundle,
  request: Parameters<typeof deriveRequest>[0]
) {
  const asked = deriveRequest(request)
  if ("problems" in asked) return yield* Effect.die(asked.problems)
  const reply = decodeDeriveReply(
    yield* pool.derive(bundle.code, request.plugin.name, JSON.stringify(asked.ok))
  )
  if (reply === undefined || !("ok" in reply)) return yield* Effect.die(reply)
  return reply.ok
})

const specOf = (
  plugin: PluginManifest,
  bundle: Bundle,
  config: unknown,
  { inputs, outputs }: Resolution
): { readonly spec: NodeSpec; readonly view: View | undefined; readonly output: RecordType | undefined } => ({
  view: Object.values(inputs)[0]?.view,
  spec: {
    node: plugin.name,
    plugin: plugin.name,
    kind: "processor",
    digest: `sha512-${createHash("sha512").update(bundle.code).digest("base64")}`,
    bundle: bundle.code,
    configJson: JSON.stringify(config),
    expressions: {},
    views: Object.fromEntries(Object.entries(inputs).map(([name, { view }]) => [name, generateView(view)])),
    schemas: Object.fromEntries(
      Object.entries(inputs).map(([name, { reader }]) => [name, schemaText(reader)])
    ),
    outputs: Object.entries(outputs).map(([name, output]) => ({
      name,
      schemaHash: schemaHash(output.schema),
      ...(output.form === "writer" ? { writer: generateWriter(output.schema) } : {})
    })),
    state: [],
    tables: [],
    handles: [],
    onError: "fail",
    maxRetries: 0
  },
  output: Object.values(outputs)[0]?.schema
})

const segmentOf = (nodes: readonly NodeSpec[]): SegmentSpec => ({
  id: `bench/${nodes.map(({ node }) => node).join("+")}`,
  domain: "bench",
  nodes,
  limits: {
    memoryMiB: 128,
    deadlineMs: 10_000,
    maxOutputBytes: 8 * 1024 * 1024,
    maxOutputRecordsPerInput: 100
  }
})
