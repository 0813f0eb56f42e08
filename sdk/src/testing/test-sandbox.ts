import { fileURLToPath } from "node:url"
import { SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { readPluginManifests } from "../build/build-package.ts"
import { bundlePlugins } from "../build/bundle.ts"
import { nodeKind, type PluginManifest } from "../manifest/manifest.ts"
import { type ProcessorOptions, type ProcessorRun, runProcessor } from "./run-processor.ts"
import { runSink, type SinkRun, type SinkRunOptions } from "./run-sink.ts"
import { runSource, type SourceRun, type SourceRunOptions } from "./run-source.ts"
import { TestError } from "./test-error.ts"

/** The module that exports the plugins: a path, or `new URL("./plugins.ts", import.meta.url)`. */
export type Entry = string | URL

export interface TestSandboxOptions {
  /** Every call sees a fresh realm: shows a plugin that keeps what it needs in module variables. Default false. */
  readonly freshPerCall?: boolean
}

/** A module's plugins, bundled once and run in the real sandbox. Close it: it holds processes. */
export interface TestSandbox {
  readonly manifests: readonly PluginManifest[]
  /** `plugin`: its name; may be left out where the module has one of the kind. */
  readonly processor: (options: ProcessorOptions & { readonly plugin?: string }) => Promise<ProcessorRun>
  readonly source: (options: SourceRunOptions & { readonly plugin?: string }) => Promise<SourceRun>
  readonly sink: (options: SinkRunOptions & { readonly plugin?: string }) => Promise<SinkRun>
  readonly close: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** Bundles a module's plugins and starts a sandbox for them. Rejects with BundleError, ManifestError or TestError. */
export const openTestSandbox = async (
  entry: Entry,
  options: TestSandboxOptions = {}
): Promise<TestSandbox> => {
  const path = typeof entry === "string" ? entry : fileURLToPath(entry)
  const runtime = ManagedRuntime.make(SandboxPool.layer({ freshPerCall: options.freshPerCall ?? false }))
  try {
    const { bundle, manifests } = await runtime.runPromise(
      Effect.gen(function* () {
        const pool = yield* SandboxPool
        const made = yield* bundlePlugins({ entry: path })
        return { bundle: made, manifests: yield* readPluginManifests(made, pool.manifest) }
      })
    )
    const pick = (kind: ReturnType<typeof nodeKind>, name: string | undefined) =>
      pluginOf(manifests, kind, name)
    const close = () => runtime.dispose()
    return {
      manifests,
      processor: async (given) =>
        runtime.runPromise(Effect.scoped(runProcessor(pick("processor", given.plugin), bundle, given))),
      source: async (given) =>
        runtime.runPromise(Effect.scoped(runSource(pick("source", given.plugin), bundle, given))),
      sink: async (given) =>
        runtime.runPromise(Effect.scoped(runSink(pick("sink", given.plugin), bundle, given))),
      close,
      [Symbol.asyncDispose]: close
    }
  } catch (error) {
    await runtime.dispose()
    throw error
  }
}

const pluginOf = (
  manifests: readonly PluginManifest[],
  kind: ReturnType<typeof nodeKind>,
  name: string | undefined
): PluginManifest => {
  const ofKind = manifests.filter((manifest) => nodeKind(manifest) === kind)
  const found = name === undefined ? ofKind : ofKind.filter((manifest) => manifest.name === name)
  const [only, ...others] = found
  if (only !== undefined && others.length === 0) return only
  const names = ofKind.map((manifest) => manifest.name).join(", ")
  throw new TestError({
    code: "SETUP",
    message: `name one ${kind} by plugin: ${names === "" ? "there is none" : names}`
  })
}

/** Bundles a module and runs one of its processors once: for a test of its own. */
export const testProcessor = async (
  entry: Entry,
  options: ProcessorOptions & { readonly plugin?: string }
): Promise<ProcessorRun> => {
  const sandbox = await openTestSandbox(entry)
  try {
    return await sandbox.processor(options)
  } finally {
    await sandbox.close()
  }
}
