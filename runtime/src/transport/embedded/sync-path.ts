import { closeSync, fsyncSync, openSync } from "node:fs"
import { open } from "node:fs/promises"

/** What the system has of a file, or the names in a folder, is durable when this answers. Throws what the system throws. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, "r")
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** The same, off this thread. */
export async function syncPathLater(path: string): Promise<void> {
  const file = await open(path, "r")
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
