import { createHash } from "node:crypto"
import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { integrityOf } from "../integrity.ts"
import { failpoint } from "./failpoint.ts"
import { type StoreError, toStoreError } from "./store-error.ts"

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

/** Bytes by their SHA-512. What is there is whole: files appear by rename, after their flush. */
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

const attempt = <A>(operation: string, work: () => Promise<A>) =>
  Effect.tryPromise({ try: work, catch: (cause) => toStoreError(operation, cause) })

/** Makes a rename in the folder durable. */
const flushFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const writeAll = async (handle: FileHandle, bytes: Uint8Array): Promise<void> => {
  let written = 0
  while (written < bytes.length) written += (await handle.write(bytes, written)).bytesWritten
}

const receiveInto = async (handle: FileHandle, source: AsyncIterable<Uint8Array>, maxBytes: number) => {
  const hash = createHash("sha512")
  let sizeBytes = 0
  const chunks = source[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await chunks.next().catch(() => "broken" as const)
      if (next === "broken") return new UploadError({ reason: "incomplete", maxBytes })
      if (next.done === true) break
      sizeBytes += next.value.length
      if (sizeBytes > maxBytes) return new UploadError({ reason: "too-large", maxBytes })
      hash.update(next.value)
      await writeAll(handle, next.value)
    }
  } finally {
    await chunks.return?.().catch(() => undefined)
  }
  await handle.sync()
  return { sizeBytes, integrity: `sha512-${hash.digest("base64")}` }
}

/** `sha512-…` -> its place: hex, since base64 has slashes and knows upper from lower case. */
const placeOf = (folder: string, integrity: string) => {
  const hex = Buffer.from(integrity.replace(/^sha512-/, ""), "base64").toString("hex")
  const shelf = join(folder, hex.slice(0, 2))
  return { shelf, file: join(shelf, hex) }
}

const makeBlobStore = Effect.fnUntraced(function* (folder: string) {
  const incoming = join(folder, "incoming")
  // What a killed process left half received was never named by a row.
  yield* attempt("prepare the bundles' folder", async () => {
    await rm(incoming, { recursive: true, force: true })
    await mkdir(incoming, { recursive: true })
  })
  let next = 0
  const temporary = Effect.acquireRelease(
    Effect.sync(() => join(incoming, String(next++))),
    (file) => Effect.promise(() => rm(file, { force: true }).catch(() => undefined))
  )

  const receive = Effect.fnUntraced(function* (source: AsyncIterable<Uint8Array>, maxBytes: number) {
    const file = yield* temporary
    const received = yield* attempt("receive an upload", async () => {
      const handle = await open(file, "wx", 0o600)
      try {
        return await receiveInto(handle, source, maxBytes)
      } finally {
        await handle.close()
      }
    })
    if (received instanceof UploadError) return yield* received
    yield* failpoint("upload-received")
    return { file, ...received }
  })

  const keep = Effect.fnUntraced(function* (upload: Upload) {
    const { file, shelf } = placeOf(folder, upload.integrity)
    const there = yield* attempt("look for a bundle", () => stat(file).catch(() => undefined))
    if (there?.size !== upload.sizeBytes)
      yield* attempt("keep a bundle", async () => {
        await mkdir(shelf, { recursive: true })
        await rename(upload.file, file)
      })
    yield* failpoint("archive-renamed")
    yield* attempt("flush a folder", async () => {
      await flushFolder(shelf)
      await flushFolder(folder)
    })
    yield* failpoint("archive-kept")
  })

  const put = (bytes: Uint8Array) =>
    Effect.scoped(
      Effect.gen(function* () {
        const upload = yield* receive(single(bytes), bytes.length).pipe(
          Effect.catchTag("UploadError", (error) => Effect.die(error))
        )
        yield* keep(upload)
        return upload.integrity
      })
    )

  const get = Effect.fnUntraced(function* (integrity: string) {
    const { file } = placeOf(folder, integrity)
    const bytes = yield* attempt("read a bundle", () =>
      readFile(file).catch((cause: unknown) => (isMissing(cause) ? undefined : Promise.reject(cause)))
    )
    if (bytes === undefined) return yield* new BlobError({ integrity, reason: "missing" })
    if (integrityOf(bytes) !== integrity) return yield* new BlobError({ integrity, reason: "damaged" })
    return bytes
  })

  return BlobStore.of({
    receive,
    bytesOf: (upload) => attempt("read an upload", () => readFile(upload.file)),
    keep,
    put,
    get
  })
})

const isMissing = (cause: unknown): boolean =>
  typeof cause === "object" && cause !== null && "code" in cause && cause.code === "ENOENT"

async function* single(bytes: Uint8Array) {
  yield bytes
}

/** Blobs as files below a folder, made when it is missing. */
export const folderBlobStore = (folder: string): Layer.Layer<BlobStore, StoreError> =>
  Layer.effect(BlobStore, makeBlobStore(folder))
