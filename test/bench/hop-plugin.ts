import { fileURLToPath } from "node:url"
import { schemaHash, schemaText } from "@millrace/sdk/avro"
import { bundlePlugins, readPluginManifests } from "@millrace/sdk/build"
import { generateView, generateWriter } from "@millrace/sdk/codec"
import { resolveNode } from "@millrace/sdk/manifest"
import { SandboxPool } from "@millrace/sandbox"
import type { NodeSpec, SegmentSpec } from "@millrace/sandbox"
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import { bidType } from "./bid.ts"

/**
 * The benches' plugins as a pipeline would run them: bundled, manifest read in the sandbox, resolved against the schema
 * of bids, codecs generated.
 */
export const bidSegments = Effect.fn("bidSegments")(function* () {
  const pool = yield* SandboxPool
  const bundle = yield* bundlePlugins({
    entry: fileURLToPath(new URL("./plugins/bids.ts", import.meta.url))
  })
  const manifests = yield* readPluginManifests(bundle, pool.manifest)
  const segments = new Map<string, SegmentSpec>()
  for (const plugin of manifests) {
    const input = plugin.inputs[0]?.name ?? "input"
    const resolved = resolveNode({
      plugin,
      config: {},
      inputs: { [input]: { schema: bidType(), key: [] } },
      tables: {}
    })
    if ("problems" in resolved) return yield* Effect.die(resolved.problems)
    const { inputs, outputs } = resolved.ok
    const node: NodeSpec = {
      node: plugin.name,
      plugin: plugin.name,
      kind: "processor",
      digest: `sha512-${createHash("sha512").update(bundle.code).digest("base64")}`,
      bundle: bundle.code,
      configJson: "{}",
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
    }
    segments.set(plugin.name, segmentOf(node))
  }
  return segments
})

const segmentOf = (node: NodeSpec): SegmentSpec => ({
  id: `bench/${node.node}`,
  domain: "bench",
  nodes: [node],
  limits: {
    memoryMiB: 128,
    deadlineMs: 10_000,
    maxOutputBytes: 8 * 1024 * 1024,
    maxOutputRecordsPerInput: 100
  }
})
