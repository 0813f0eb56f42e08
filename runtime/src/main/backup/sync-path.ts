import { closeSync, fsyncSync, openSync } from "node:fs"

/** Makes a file's bytes, or a folder's names, durable. */
export const syncPath = (path: string): void => {
  const descriptor = openSync(path, "r")
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
