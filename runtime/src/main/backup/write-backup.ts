import { createHash } from "node:crypto"
import { createReadStream, createWriteStream, mkdirSync, readdirSync, statSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createZstdCompress } from "node:zlib"
import { BackupFault } from "./backup-fault.ts"
import type { Source } from "./copy-moving.ts"
import { type BackupFile, manifestName } from "./manifest.ts"
import { syncPath } from "../../transport/embedded/sync-path.ts"
import { tarEnd, tarHeader, tarPadding } from "./tar.ts"

/** What is to be written: the manifest, and the files that it names, in its order. */
export interface BackupContent {
  readonly manifest: string
  readonly files: readonly (BackupFile & Source)[]
  /** Called as bytes are written. */
  readonly tell: (bytes: number) => void
}

/** A file's length and digest, as the manifest names them. */
export const measured = async (source: Source): Promise<BackupFile & Source> => {
  const hash = createHash("sha256")
  let bytes = 0
  for await (const chunk of createReadStream(source.from)) {
    hash.update(chunk)
    bytes += Buffer.byteLength(chunk)
  }
  return { ...source, bytes, sha256: hash.digest("hex") }
}

/** Writes a backup as one file: tar, compressed by Zstandard. Durable when it answers. */
export const writeArchive = async (to: string, content: BackupContent): Promise<void> => {
  const compress = createZstdCompress()
  await pipeline(Readable.from(tarOf(content)), compress, createWriteStream(to, { flags: "wx", mode: 0o600 }))
  syncPath(to)
}

/** Writes a backup as a folder. Durable when it answers. */
export const writeFolder = async (to: string, { files, manifest, tell }: BackupContent): Promise<void> => {
  mkdirSync(to, { mode: 0o700 })
  for (const file of files) {
    const path = join(to, file.path)
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    await pipeline(bodyOf(file, tell), createWriteStream(path, { flags: "wx", mode: 0o600 }))
    syncPath(path)
  }
  // Last: a folder without it is no backup.
  await writeFile(join(to, manifestName), manifest, { mode: 0o600 })
  syncPath(join(to, manifestName))
  for (const each of readdirSync(to, { recursive: true, withFileTypes: true }))
    if (each.isDirectory()) syncPath(join(each.parentPath, each.name))
  syncPath(to)
}

async function* tarOf({ files, manifest, tell }: BackupContent): AsyncGenerator<Uint8Array> {
  const text = Buffer.from(manifest)
  yield Buffer.concat([tarHeader(manifestName, text.length), text, tarPadding(text.length)])
  for (const file of files) {
    yield tarHeader(file.path, file.bytes)
    yield* bodyOf(file, tell)
    yield tarPadding(file.bytes)
  }
  yield tarEnd()
}

async function* bodyOf(file: BackupFile & Source, tell: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  if (statSync(file.from).size !== file.bytes)
    throw new BackupFault("it was changed while it was read", file.path)
  for await (const chunk of createReadStream(file.from)) {
    tell(Buffer.byteLength(chunk))
    yield chunk
  }
}
