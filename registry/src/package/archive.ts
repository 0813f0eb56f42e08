import { type ApiError, apiError, maxArchiveBytes } from "@millrace/sdk/api"
import type { PackageManifest } from "@millrace/sdk/manifest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { integrityOf } from "../integrity.ts"
import { gunzipWithin } from "./gunzip.ts"
import { readManifest } from "./manifest.ts"
import { type ArchiveProblem, readTar } from "./tar.ts"

/** A package's archive, taken apart and checked. docs/formats/package.md. */
export interface Archive {
  readonly manifest: PackageManifest
  /** The `plugins` of manifest.json as they stand there, to be compared with what the bundle says. */
  readonly pluginsJson: unknown
  readonly bundle: string
  readonly sourceMap: string | undefined
  readonly readme: string | undefined
}

const maxFiles = 2000
const maxManifestBytes = 2_000_000
const maxReadmeBytes = 1_000_000

const plainFiles: ReadonlySet<string> = new Set([
  "manifest.json",
  "bundle.js",
  "bundle.js.map",
  "README.md",
  "LICENSE",
  "index.d.ts"
])
const typesFile = /^types(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,8}\.d\.ts$/

const isPackageFile = (name: string): boolean => plainFiles.has(name) || typesFile.test(name)

const refused = ({ entry, problem }: ArchiveProblem): ApiError =>
  apiError("ARCHIVE_INVALID", entry === undefined ? { problem } : { problem, entry }, entry)

const textOf = Effect.fnUntraced(function* (
  files: ReadonlyMap<string, Uint8Array>,
  name: string,
  maxBytes: number
): Effect.fn.Return<string | undefined, ApiError> {
  const bytes = files.get(name)
  if (bytes === undefined) return undefined
  if (bytes.length > maxBytes)
    return yield* refused({ problem: `it is larger than ${maxBytes} bytes`, entry: name })
  return yield* Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    catch: () => refused({ problem: "it is not UTF-8", entry: name })
  })
})

const required = (text: string | undefined, entry: string): Effect.Effect<string, ApiError> =>
  text === undefined ? Effect.fail(refused({ problem: "it is missing", entry })) : Effect.succeed(text)

/**
 * Opens an archive from outside. Checked: gzip and tar within their limits (20 MB and 2000 files unpacked, packed at
 * most 100 to 1), regular files of known names only, the manifest's form and schemas, the bundle's digest. The bundle
 * is not run: that it says what the manifest says is the publisher's check. Fails with ARCHIVE_INVALID, MANIFEST_INVALID or MANIFEST_MISMATCH.
 */
export const openArchive = Effect.fn("openArchive")(function* (
  bytes: Uint8Array
): Effect.fn.Return<Archive, ApiError> {
  const tar = yield* Effect.mapError(gunzipWithin(bytes, maxArchiveBytes), refused)
  const read = readTar(tar, { maxFiles, isAllowed: isPackageFile })
  if (Result.isFailure(read)) return yield* refused(read.failure)
  const files = read.success
  const manifestText = yield* required(
    yield* textOf(files, "manifest.json", maxManifestBytes),
    "manifest.json"
  )
  const bundle = yield* required(yield* textOf(files, "bundle.js", maxArchiveBytes), "bundle.js")
  const { manifest, pluginsJson } = yield* readManifest(manifestText)
  if (manifest.bundle !== integrityOf(files.get("bundle.js") ?? new Uint8Array()))
    return yield* apiError("MANIFEST_MISMATCH", { other: "bundle.js" }, "manifest.json.bundle")
  return {
    manifest,
    pluginsJson,
    bundle,
    sourceMap: yield* textOf(files, "bundle.js.map", maxArchiveBytes),
    // CommonMark 0.31 §2.3 has it replaced; PostgreSQL's texts cannot hold it.
    readme: (yield* textOf(files, "README.md", maxReadmeBytes))?.replaceAll("\0", "\uFFFD")
  }
})
