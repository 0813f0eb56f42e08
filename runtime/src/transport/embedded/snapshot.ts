import { copyFile, link } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { TransportError } from "../transport.ts"
import { writeFailure } from "./failure.ts"
import { FrameFiles } from "./frames/frame-files.ts"
import { createdMark } from "./inspection.ts"
import type { Store } from "./store.ts"
import { syncPathLater } from "./sync-path.ts"

/**
 * {@link TransportShape.snapshot} of the embedded log: LMDB copies what its last commit left, on a thread of its own. For as long as
 * that takes no page is used again and no frame file is removed, so that a busy log grows. Frame files that take no more are linked
 * where both folders are on one file system: nothing ever changes them.
 */
export function takeSnapshot(
  { folder, store }: { readonly folder: string; readonly store: Store },
  target: string
): Effect.Effect<void, TransportError> {
  return Effect.tryPromise({
    try: async () => {
      const unpin = store.frames.pin()
      try {
        await store.copyTo(target)
        const names = await copyFrames(store.frames, target)
        await copyFile(join(folder, createdMark), join(target, createdMark))
        for (const name of ["data.mdb", ...names, createdMark, "."]) await syncPathLater(join(target, name))
      } finally {
        unpin()
      }
    },
    catch: (cause) => writeFailure(target, 0, cause)
  })
}

/** After the databases: what they lead to was written before them. Answers the names of those that may not be durable. */
async function copyFrames(frames: FrameFiles, target: string): Promise<readonly string[]> {
  const names: string[] = []
  for (const file of frames.sizes.keys()) {
    const name = FrameFiles.nameOf(file)
    const [from, to] = [frames.pathOf(file), join(target, name)]
    const isDurable = !frames.dirty.has(file)
    const isLinked =
      file !== frames.writing &&
      (await link(from, to).then(
        () => true,
        () => false
      ))
    if (!isLinked) await copyFile(from, to)
    if (!isLinked || !isDurable) names.push(name)
  }
  return names
}
