import type { Store } from "../store.ts"
import { FrameFiles } from "./frame-files.ts"
import { openPlaced, placedKey, placesIn } from "./frame-place.ts"

/**
 * What is wrong with the frame files that the log leads into: one that is missing, or shorter than its last frame needs. Undefined
 * where nothing is. No frame is read: whether it is what was written shows when it is.
 */
export function faultOfFrames(store: Store): string | undefined {
  return store.read(() => {
    for (let file = firstFile(store, 0); file !== undefined; file = firstFile(store, file + 1)) {
      const size = store.frames.sizes.get(file)
      const name = FrameFiles.nameOf(file)
      if (size === undefined) return `${name} is missing, and frames of the log lie in it`
      if (size < endOfLast(store, file)) return `${name} is truncated`
    }
    return undefined
  })
}

function firstFile(store: Store, from: number): number | undefined {
  const [first] = store.placed.keys({ start: placedKey({ file: from, position: 0 }), limit: 1 })
  return first?.readUInt32BE(0)
}

/** Where the last frame ends that is wanted of a file. */
function endOfLast(store: Store, file: number): number {
  const { end, start } = placesIn(file)
  for (const { key, value } of store.placed.entries({ start: end, end: start, reverse: true, limit: 1 })) {
    const placed = openPlaced(key, value)
    if (placed !== undefined) return placed.position + placed.bytes
  }
  return 0
}
