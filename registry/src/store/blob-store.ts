import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { StoreError } from "./store-error.ts"

/** Bytes that were being received are too many, or ended early. */
export class UploadError extends Schema.TaggedError<UploadError>()("UploadError", {
  reason: Schema.Literals(["too-large", "incomplete"]),
  maxBytes: Schema.Int
}) {}

/** What is stored under a digest is missing or is not what the digest says. */
export class BlobError extends Schema.TaggedError<BlobError>()("BlobError", {
  integrity: Schema.String,
  reason: Schema.Literals(["missing", "damaged"])
}) {}

/** Received, hashed and flushed, but not yet kept. Goes with the scope. */
export interface Upload {
  readonly file: string
  readonly sizeBytes: number
  readonly integrity: string
}

/** Bytes by their SHA-512. What is there is whole, whenever the process that stored it was killed. */
export interface BlobStoreShape {
  readonly receive: (
    source: AsyncIterable<Uint8Array>,
    maxBytes: number
  ) => Effect.Effect<Upload, UploadError | StoreError, Scope.Scope>
  readonly bytesOf: (upload: Upload) => Effect.Effect<Uint8Array, StoreError>
  /** Durable when it answers. */
  readonly keep: (upload: Upload) => Effect.Effect<void, StoreError>
  /** Stores bytes at hand; answers their SRI. Durable when it answers. */
  readonly put: (bytes: Uint8Array) => Effect.Effect<string, StoreError>
  /** Verified against the digest at every read. */
  readonly get: (integrity: string) => Effect.Effect<Uint8Array, BlobError | StoreError>
}

export class BlobStore extends Context.Service<BlobStore, BlobStoreShape>()("@millrace/registry/BlobStore") {}
