import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { BackupFault } from "./backup-fault.ts"

/** Name of the manifest, which stands first. */
export const manifestName = "backup.json"
const backupFormat = 1
/** A manifest takes about 250 bytes for each file. */
const maxManifestBytes = 64 * 1024 * 1024

const Digest = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/))
/** Names that the platform gives its files; none leads out of the folder, or is a path of any system. */
const FilePath = Schema.String.check(
  Schema.isPattern(/^(?!\.{1,2}(?:\/|$))[\w.@~-]+(?:\/(?!\.{1,2}(?:\/|$))[\w.@~-]+)*$/u),
  Schema.isMaxLength(400)
)

/** What a backup says of itself: docs/formats/backup.md. */
export const Manifest = Schema.Struct({
  format: Schema.Int,
  /** Of the program that made it. */
  millrace: Schema.String,
  /** ms since 1970. */
  takenAt: Schema.Number,
  pipelines: Schema.Array(Schema.Struct({ pipeline: Schema.String, revision: Schema.Int })),
  /** Keys of the data folder that are not in it. */
  leftOut: Schema.Array(Schema.String),
  files: Schema.Array(Schema.Struct({ path: FilePath, bytes: Schema.Int, sha256: Digest }))
})
export type Manifest = typeof Manifest.Type
export type BackupFile = Manifest["files"][number]

const ManifestText = Schema.fromJsonString(Manifest)
const encode = Schema.encodeSync(ManifestText)
const decode = Schema.decodeUnknownOption(ManifestText)

export const manifestText = (manifest: Omit<Manifest, "format">): string =>
  encode({ format: backupFormat, ...manifest })

/** Reads a manifest; throws a {@link BackupFault} for what is none, or one of a later format. */
export const readManifest = (bytes: Uint8Array): Manifest => {
  if (bytes.length > maxManifestBytes) throw new BackupFault("it is too large", manifestName)
  const manifest = Option.getOrUndefined(decode(new TextDecoder().decode(bytes)))
  if (manifest === undefined) throw new BackupFault("it does not say what a backup holds", manifestName)
  if (manifest.format !== backupFormat)
    throw new BackupFault(
      `it has format ${manifest.format}, and this release knows ${backupFormat}: restore it with millrace ${manifest.millrace}`,
      manifestName
    )
  return manifest
}
