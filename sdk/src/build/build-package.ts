import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type PackageManifest, PluginManifest } from "../manifest/manifest.ts"
import { integrityOf, writeArchive } from "./archive.ts"
import { authorMap, type TextPlace } from "./author-map.ts"
import { ManifestError } from "./build-error.ts"
import { type Bundle, bundlePlugins } from "./bundle.ts"
import { absenceRemedy } from "./offence/absent-global.ts"

/** What is needed of the sandbox: `SandboxPool`'s `manifest` fits. */
export type ReadManifest = (bundle: string) => Effect.Effect<string, ReadFailure>

export interface ReadFailure {
  readonly message: string
  /** Where in the bundle the error was made, innermost first. */
  readonly at?: readonly TextPlace[]
}

export interface PackageOptions {
  /** The module that exports the plugins. */
  readonly entry: string
  /** `@scope/name`. */
  readonly name: string
  readonly version: string
  readonly description?: string | undefined
  readonly license?: string | undefined
  /** Markdown. */
  readonly readme?: string | undefined
  readonly readManifest: ReadManifest
}

export interface BuiltPackage {
  readonly bundle: Bundle
  readonly manifest: PackageManifest
  /** The `.tgz` (docs/formats/package.md). */
  readonly archive: Uint8Array
  /** SRI (sha512) of the archive. */
  readonly integrity: string
}

const PluginList = Schema.fromJsonString(Schema.Array(PluginManifest))

/** The manifests of a bundle's plugins, read in the sandbox: the bundle is not run here. */
export const readPluginManifests = Effect.fn("readPluginManifests")(function* (
  { code, sourceMap }: Pick<Bundle, "code" | "sourceMap">,
  readManifest: ReadManifest
) {
  const text = yield* Effect.mapError(readManifest(code), (failure) => loadFailure(failure, sourceMap))
  return yield* Effect.mapError(
    Schema.decodeUnknownEffect(PluginList)(text, { onExcessProperty: "error" }),
    ({ message }) => new ManifestError({ reason: message })
  )
})

const loadFailure = ({ at = [], message }: ReadFailure, sourceMap: string): ManifestError => {
  const place = authorMap(sourceMap).find(at)
  const remedy = absenceRemedy(message)
  return new ManifestError({
    reason: message,
    ...(place === undefined ? {} : { where: `${place.file}:${place.line}:${place.column}` }),
    ...(remedy === undefined ? {} : { remedy })
  })
}

/** Bundles a package, reads its manifest in the sandbox and writes its archive, byte for byte the same from the same files. */
export const buildPackage = Effect.fn("buildPackage")(function* (options: PackageOptions) {
  const bundle = yield* bundlePlugins({ entry: options.entry })
  const plugins = yield* readPluginManifests(bundle, options.readManifest)
  const { name, version, description, license, readme } = options
  const manifest: PackageManifest = {
    manifest: 1,
    abi: 1,
    name,
    version,
    ...(description === undefined ? {} : { description }),
    ...(license === undefined ? {} : { license }),
    bundle: integrityOf(bundle.code),
    plugins
  }
  const text = (content: string) => new TextEncoder().encode(content)
  const archive = writeArchive([
    { name: "manifest.json", content: text(`${JSON.stringify(manifest, null, 2)}\n`) },
    { name: "bundle.js", content: text(bundle.code) },
    { name: "bundle.js.map", content: text(bundle.sourceMap) },
    ...(readme === undefined ? [] : [{ name: "README.md", content: text(readme) }])
  ])
  return { bundle, manifest, archive, integrity: integrityOf(archive) } satisfies BuiltPackage
})
