import { createHash } from "node:crypto"
import { BackupFault } from "./backup-fault.ts"
import type { BackupFile, Manifest } from "./manifest.ts"
import { type BackupEntry, openBackup } from "./read-backup.ts"

/** Takes in a file's bytes as they pass, once its digest is known to be wanted. */
export type Take = (file: BackupFile, body: AsyncIterable<Uint8Array>) => Promise<void>

/**
 * Reads all of a backup and holds each file to its digest; rejects with a {@link BackupFault} at the first that differs, is missing
 * or is too many. `take` gets every byte on the way; `tell` how many there were.
 */
export const checkBackup = async (
  source: string,
  { take = pass, tell }: { readonly take?: Take; readonly tell: (bytes: number, total: number) => void }
): Promise<Manifest> => {
  const { entries, manifest } = await openBackup(source)
  const wanted = new Map(manifest.files.map((file) => [file.path, file]))
  const total = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  for await (const entry of entries) {
    const file = wanted.get(entry.path)
    if (file === undefined) throw new BackupFault("the manifest does not name it", entry.path)
    wanted.delete(entry.path)
    await take(
      file,
      checked(entry, file, (bytes) => tell((done += bytes), total))
    )
  }
  const [missing] = wanted.keys()
  if (missing !== undefined) throw new BackupFault("it is missing", missing)
  return manifest
}

/** A body that fails at its end when it is not what the manifest says. */
async function* checked(
  { body, bytes }: BackupEntry,
  file: BackupFile,
  passed: (bytes: number) => void
): AsyncGenerator<Uint8Array> {
  if (bytes !== file.bytes) throw new BackupFault(`it has ${bytes} bytes, and had ${file.bytes}`, file.path)
  const hash = createHash("sha256")
  for await (const chunk of body) {
    hash.update(chunk)
    passed(chunk.length)
    yield chunk
  }
  if (hash.digest("hex") !== file.sha256)
    throw new BackupFault("it is not what was backed up: its SHA-256 differs", file.path)
}

const pass: Take = async (_file, body) => {
  for await (const _chunk of body);
}
