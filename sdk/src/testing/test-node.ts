import { SandboxPool, type SandboxPoolShape, type Segment, type SegmentSpec } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import { integrityOf } from "../build/archive.ts"
import type { Bundle } from "../build/bundle.ts"
import type { DerivedContract } from "../guest/abi.ts"
import { decodeDeriveReply } from "../manifest/derive-reply.ts"
import type { PluginManifest } from "../manifest/manifest.ts"
import type { NodeRequest, NodeStream, Resolved, ResolvedNode } from "../manifest/node-resolution.ts"
import { deriveRequest, needsDerive, resolveNode } from "../manifest/resolve-node.ts"
import { MemoryState } from "./memory-state.ts"
import { nodeSpec, segmentSpec } from "./node-spec.ts"
import { TestError } from "./test-error.ts"
import { type HostOptions, TestHost } from "./test-host.ts"
import { nodeStream, type TestStream } from "./test-stream.ts"

/** What every run says of its node. */
export interface NodeOptions extends HostOptions {
  /** The config's encoded side, as a pipeline's `with`. Default `{}`. */
  readonly config?: unknown
  /** By handle: rows of lookup tables. */
  readonly tables?: { readonly [handle: string]: TestStream }
  /** Every call sees a fresh realm, as after a kill: what the plugin keeps outside of its state is gone. Default false. */
  readonly isFresh?: boolean
  /** Runs that name another one run in another process. */
  readonly domain?: string
  /** Of `random()`. Default 0. */
  readonly seed?: number
}

const seedBytes = (seed: number): Uint8Array => {
  const bytes = new Uint8Array(32)
  new DataView(bytes.buffer).setFloat64(0, seed)
  return bytes
}

/** A plugin resolved against the streams of a test, open in the sandbox. */
export interface TestNode {
  readonly manifest: PluginManifest
  readonly resolved: ResolvedNode
  readonly segment: Segment
  readonly segmentSpec: SegmentSpec
  readonly host: TestHost
  readonly state: MemoryState
  /** Of each call: what `random()` draws from. */
  readonly seed: Uint8Array
  /** As the records of the inputs and tables are written, keys included. */
  readonly inputs: { readonly [input: string]: NodeStream }
  readonly tables: { readonly [handle: string]: NodeStream }
}

export const openTestNode = Effect.fn("openTestNode")(function* (
  manifest: PluginManifest,
  bundle: Bundle,
  streams: { readonly [input: string]: TestStream },
  options: NodeOptions
) {
  const pool = yield* SandboxPool
  const request = yield* Effect.try({
    try: (): NodeRequest => requestOf(manifest, streams, options),
    catch: (error) =>
      error instanceof TestError ? error : new TestError({ code: "SETUP", message: String(error) })
  })
  const keyed = yield* resolveKeyed(request, bundle, pool)
  const config = options.config ?? {}
  const spec = nodeSpec({
    manifest,
    resolved: keyed.resolved,
    config,
    bundle: bundle.code,
    digest: integrityOf(bundle.code)
  })
  const whole = segmentSpec(spec, { isFresh: options.isFresh ?? false, domain: options.domain })
  const segment = yield* Effect.mapError(pool.open(whole), sandboxError)
  const state = new MemoryState(keyed.resolved.state, options.now ?? 0)
  const host = new TestHost(
    keyed.resolved.permissions,
    state,
    options,
    keyed.resolved.outputs["output"]?.schema
  )
  return {
    manifest,
    resolved: keyed.resolved,
    segment,
    segmentSpec: whole,
    host,
    state,
    seed: seedBytes(options.seed ?? 0),
    inputs: keyed.inputs,
    tables: request.tables
  } satisfies TestNode
})

export const sandboxError = ({ code, message, tag }: Refused): TestError =>
  new TestError({ code, message, ...(tag === undefined ? {} : { tag }) })

interface Refused {
  readonly code: string
  readonly message: string
  readonly tag?: string
}

const requestOf = (
  plugin: PluginManifest,
  streams: { readonly [input: string]: TestStream },
  options: NodeOptions
): NodeRequest => {
  const declared = (contract: PluginManifest["inputs"][number]["contract"] | undefined) =>
    contract?.form === "closed" ? contract : undefined
  const inputs = Object.entries(streams).map(([name, stream]): [string, NodeStream] => [
    name,
    nodeStream(stream, declared(plugin.inputs.find((input) => input.name === name)?.contract))
  ])
  const tables = Object.entries(options.tables ?? {}).map(([name, stream]): [string, NodeStream] => [
    name,
    nodeStream(stream, declared(plugin.tables.find((table) => table.name === name)?.contract))
  ])
  return {
    plugin,
    config: options.config ?? {},
    inputs: Object.fromEntries(inputs),
    tables: Object.fromEntries(tables)
  }
}

/** As in a plan: a stream comes with the key that the node asks for. */
const resolveKeyed = Effect.fnUntraced(function* (
  request: NodeRequest,
  bundle: Bundle,
  pool: SandboxPoolShape
) {
  const first = yield* resolveDerived(request, bundle, pool)
  const inputs = Object.fromEntries(
    Object.entries(request.inputs).map(([name, stream]): [string, NodeStream] => [
      name,
      { ...stream, key: first.inputs[name]?.keyBy ?? stream.key }
    ])
  )
  return { resolved: yield* resolveDerived({ ...request, inputs }, bundle, pool), inputs }
})

const resolveDerived = Effect.fnUntraced(function* (
  request: NodeRequest,
  bundle: Bundle,
  pool: SandboxPoolShape
) {
  const { plugin } = request
  if (!needsDerive(plugin)) return yield* settled(resolveNode(request))
  const asked = yield* settled(deriveRequest(request))
  const text = yield* Effect.mapError(
    pool.derive(bundle.code, plugin.name, JSON.stringify(asked)),
    sandboxError
  )
  const derived = yield* replyOf(text)
  return yield* settled(resolveNode({ ...request, derived }))
})

const settled = <A>(resolved: Resolved<A>): Effect.Effect<A, TestError> => {
  if ("ok" in resolved) return Effect.succeed(resolved.ok)
  const lines = resolved.problems.map(({ path, message, remedy }) => `${path}: ${message}. ${remedy}`)
  return Effect.fail(
    new TestError({ code: resolved.problems[0]?.code ?? "SETUP", message: lines.join("\n") })
  )
}

const replyOf = (text: string): Effect.Effect<DerivedContract, TestError> => {
  const reply = decodeDeriveReply(text)
  if ("ok" in reply) return Effect.succeed(reply.ok)
  if ("invalid" in reply)
    return Effect.fail(new TestError({ code: "DERIVE_INVALID", message: reply.invalid }))
  const { message, path } = reply.error
  return Effect.fail(new TestError({ code: "DERIVE_FAILED", message: `config${path}: ${message}` }))
}
