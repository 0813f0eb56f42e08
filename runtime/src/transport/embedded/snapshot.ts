import { closeSync, copyFileSync, fsyncSync, openSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { TransportError } from "../transport.ts"
import { writeFailure } from "./failure.ts"
import { createdMark } from "./inspection.ts"
import type { Store } from "./store.ts"

/**
 * {@link TransportShape.snapshot} of the embedded log: LMDB copies what its last commit left, on a thread of its own. For as long as
 * that takes no page is used again, so that the file of a busy log grows.
 */
export function takeSnapshot(
  { folder, store }: { readonly folder: string; readonly store: Store },
  target: string
): Effect.Effect<void, TransportError> {
  return Effect.tryPromise({
    try: async () => {
      await store.copyTo(target)
      copyFileSync(join(folder, createdMark), join(target, createdMark))
      for (const name of ["data.mdb", createdMark, "."]) sync(join(target, name))
    },
    catch: (cause) => writeFailure(target, 0, cause)
  })
}

function sync(path: string): void {
  const descriptor = openSync(path, "r")
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
