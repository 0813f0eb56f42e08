import { dirname } from "node:path"
import { type Bundle, type Bundler, integrityOf } from "@millrace/sdk/build"
import { PluginManifest } from "@millrace/sdk/manifest"
import { SandboxPool } from "@millrace/sandbox"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Entry } from "../entry.ts"
import { choosePlugin } from "./choose-plugin.ts"
import { bundleProblems, LoadFailed, loadFailed, missingFiles, placed } from "./problem.ts"
import { type SourcePlaces, sourcePlaces } from "./source-places.ts"

/** The author's plugin as its files stand now. */
export interface ReadPlugin {
  readonly bundle: Bundle
  /** SRI of the bundle. */
  readonly digest: string
  readonly manifest: PluginManifest
  readonly places: SourcePlaces
  readonly took: { readonly bundle: number; readonly inspect: number }
}

const Manifests = Schema.fromJsonString(Schema.Array(PluginManifest))

export interface ReadOptions {
  readonly entry: Entry
  readonly bundler: Bundler
  readonly plugin: string | undefined
  /** Asks which of several plugins; undefined where nobody can be asked. */
  readonly choose: ((names: readonly string[]) => Effect.Effect<string | undefined>) | undefined
  /** Told which files the bundle is made of, as soon as that is known. */
  readonly onFiles: (files: readonly string[]) => void
}

/** Bundles the module and reads its manifest in the sandbox. */
export const readPlugin = Effect.fn("readPlugin")(function* ({
  bundler,
  choose,
  entry,
  onFiles,
  plugin
}: ReadOptions) {
  const folder = dirname(entry.module)
  const started = yield* Clock.currentTimeMillis
  const bundle = yield* Effect.mapError(bundler.rebuild, (error) => {
    onFiles(missingFiles(error, folder))
    return bundleProblems(error, folder)
  })
  onFiles(bundle.files)
  const bundled = yield* Clock.currentTimeMillis
  const places = sourcePlaces(bundle.sourceMap, folder)
  const pool = yield* SandboxPool
  const text = yield* Effect.mapError(pool.manifest(bundle.code), ({ at = [], code, message }) =>
    loadFailed("manifest", [
      placed(
        {
          code,
          message,
          remedy:
            "the module must load without side effects, and export plugins made by defineProcessor, defineSource or defineSink"
        },
        places.find(at)
      )
    ])
  )
  const manifests = yield* Effect.mapError(Schema.decodeUnknownEffect(Manifests)(text), ({ message }) =>
    loadFailed("manifest", [
      { code: "MANIFEST_UNREADABLE", message, frame: [], remedy: "use this SDK's define functions" }
    ])
  )
  yield* pool.preload(bundler.library())
  const names = manifests.map(({ name }) => name)
  const named = plugin ?? (names.length > 1 ? yield* choose?.(names) ?? Effect.undefined : undefined)
  const manifest = choosePlugin(manifests, named)
  if (manifest instanceof LoadFailed) return yield* manifest
  const inspected = yield* Clock.currentTimeMillis
  const read: ReadPlugin = {
    bundle,
    digest: integrityOf(bundle.code),
    manifest,
    places,
    took: { bundle: bundled - started, inspect: inspected - bundled }
  }
  return read
})
