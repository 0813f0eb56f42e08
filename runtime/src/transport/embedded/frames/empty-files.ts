import type { Store } from "../store.ts"
import { placesIn } from "./frame-place.ts"

/** Of the frame files that have lost values since this was asked last, those that nothing leads into. */
export function emptyFiles(store: Store): readonly number[] {
  const files = store.frames.takeLoosened()
  return files.length === 0 ? [] : store.read(() => files.filter((file) => !isUsed(store, file)))
}

function isUsed(store: Store, file: number): boolean {
  return [...store.placed.keys({ ...placesIn(file), limit: 1 })].length > 0
}
