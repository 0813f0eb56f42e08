import { createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { pipeline } from "node:stream/promises"
import { BackupFault } from "./backup-fault.ts"
import { checkBackup } from "./check-backup.ts"
import type { Manifest } from "./manifest.ts"
import { syncPath } from "../../transport/embedded/sync-path.ts"

export interface RestoreOptions {
  readonly source: string
  /** The data folder to be. */
  readonly folder: string
  /** Put what is there aside, under this name beside it; undefined: refuse a folder that holds anything. */
  readonly aside: string | undefined
  readonly tell: (phase: "check" | "write", bytes: number, total: number) => void
}

/**
 * Writes a data folder from a backup, once all of it was checked; it appears whole, by a rename. Rejects with a
 * {@link BackupFault}, and then nothing was changed.
 */
export const restoreBackup = async ({ aside, folder, source, tell }: RestoreOptions): Promise<Manifest> => {
  if (aside === undefined && holdsAnything(folder))
    throw new BackupFault("the data folder is not empty", folder)
  await checkBackup(source, { tell: (bytes, total) => tell("check", bytes, total) })
  const made = `${folder}.restoring`
  rmSync(made, { recursive: true, force: true })
  mkdirSync(made, { recursive: true, mode: 0o700 })
  try {
    // Checked again on the way: what is written is what was read now.
    const manifest = await checkBackup(source, {
      tell: (bytes, total) => tell("write", bytes, total),
      take: async ({ path }, body) => {
        const file = join(made, path)
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
        await pipeline(body, createWriteStream(file, { flags: "wx", mode: 0o600 }))
        syncPath(file)
      }
    })
    putInPlace(made, folder, aside)
    return manifest
  } catch (cause) {
    rmSync(made, { recursive: true, force: true })
    throw cause
  }
}

const putInPlace = (made: string, folder: string, aside: string | undefined): void => {
  for (const each of readdirSync(made, { recursive: true, withFileTypes: true }))
    if (each.isDirectory()) syncPath(join(each.parentPath, each.name))
  syncPath(made)
  if (existsSync(folder)) {
    if (aside !== undefined && holdsAnything(folder)) renameSync(folder, aside)
    else rmSync(folder, { recursive: true })
  }
  renameSync(made, folder)
  syncPath(dirname(folder))
}

const holdsAnything = (folder: string): boolean => existsSync(folder) && readdirSync(folder).length > 0
