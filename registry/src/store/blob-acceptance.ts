import assert from "node:assert/strict"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { integrityOf } from "../integrity.ts"
import { type BlobError, BlobStore, type UploadError } from "./blob-store.ts"
import { partBytes } from "./database-blobs.ts"
import type { StoreError } from "./store-error.ts"

/** One thing that every store of blobs must do; `run` dies with an assertion's error when it does not. */
export interface BlobCase {
  readonly name: string
  readonly run: Effect.Effect<void, BlobError | StoreError | UploadError, BlobStore>
}

const bytesOf = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) % 256)

async function* chunksOf(bytes: Uint8Array, size: number) {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}

const sizes = [0, 1, partBytes - 1, partBytes, partBytes + 1, 3 * partBytes + 7]

export const blobAcceptance: readonly BlobCase[] = [
  {
    name: "gives back bytes of any length, by their digest",
    run: Effect.gen(function* () {
      const blobs = yield* BlobStore
      for (const size of sizes) {
        const bytes = bytesOf(size)
        const integrity = yield* blobs.put(bytes)
        assert.equal(integrity, integrityOf(bytes))
        assert.equal(Buffer.compare(yield* blobs.get(integrity), bytes), 0, String(size))
      }
    })
  },
  {
    name: "keeps the same bytes once, however often and at once they come",
    run: Effect.gen(function* () {
      const blobs = yield* BlobStore
      const bytes = bytesOf(2 * partBytes)
      const puts = Array.from({ length: 8 }, () => blobs.put(bytes))
      const given = yield* Effect.all(puts, { concurrency: 8 })
      assert.deepEqual(new Set(given), new Set([integrityOf(bytes)]))
      assert.equal(Buffer.compare(yield* blobs.get(integrityOf(bytes)), bytes), 0)
    })
  },
  {
    name: "has nothing of what was received and not kept",
    run: Effect.gen(function* () {
      const blobs = yield* BlobStore
      const bytes = bytesOf(partBytes + 5)
      const upload = yield* Effect.scoped(
        Effect.tap(blobs.receive(chunksOf(bytes, 70_000), bytes.length), (received) =>
          Effect.map(blobs.bytesOf(received), (read) => assert.equal(Buffer.compare(read, bytes), 0))
        )
      )
      const found = yield* Effect.result(blobs.get(upload.integrity))
      assert.equal(Result.isFailure(found) ? found.failure.reason : "there", "missing")
    })
  },
  {
    name: "takes no more than it was told to",
    run: Effect.gen(function* () {
      const blobs = yield* BlobStore
      const receiving = Effect.scoped(blobs.receive(chunksOf(bytesOf(1000), 100), 999))
      const received = yield* Effect.result(receiving)
      assert.equal(Result.isFailure(received) ? received.failure.reason : "received", "too-large")
    })
  }
]
