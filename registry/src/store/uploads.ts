import { createHash } from "node:crypto"
import { type FileHandle, mkdir, open, readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { type BlobStoreShape, type Upload, UploadError } from "./blob-store.ts"
import { failpoint } from "./failpoint.ts"
import { toStoreError } from "./store-error.ts"

const attempt = <A>(operation: string, work: () => Promise<A>) =>
  Effect.tryPromise({ try: work, catch: (cause) => toStoreError(operation, cause) })

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

/** What both kinds of blob stores receive bytes with: as files below a folder, which is emptied first. */
export const makeUploads = Effect.fnUntraced(function* (incoming: string) {
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

  const receive: BlobStoreShape["receive"] = Effect.fnUntraced(function* (source, maxBytes) {
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

  return { receive, bytesOf: (upload: Upload) => attempt("read an upload", () => readFile(upload.file)) }
})

/** A store's `put`, of its other two steps. */
export const putBy =
  ({ keep, receive }: Pick<BlobStoreShape, "keep" | "receive">): BlobStoreShape["put"] =>
  (bytes) =>
    Effect.scoped(
      Effect.gen(function* () {
        const upload = yield* receive(single(bytes), bytes.length).pipe(
          Effect.catchTag("UploadError", (error) => Effect.die(error))
        )
        yield* keep(upload)
        return upload.integrity
      })
    )

async function* single(bytes: Uint8Array) {
  yield bytes
}
