import { statSync } from "node:fs"
import { join } from "node:path"
import { FrameFiles, filesOf } from "./frames/frame-files.ts"

/** Bytes of a log's data file and of its frame files, whether or not it is open; undefined where there is none. */
export function logBytes(folder: string): number | undefined {
  const data = bytesOf(join(folder, "data.mdb"))
  if (data === undefined) return undefined
  return filesOf(folder).reduce(
    (sum, file) => sum + (bytesOf(join(folder, FrameFiles.nameOf(file))) ?? 0),
    data
  )
}

function bytesOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size
}
