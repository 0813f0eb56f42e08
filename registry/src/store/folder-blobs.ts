import { mkdir, open, readFile, rename, stat } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { integrityOf } from "../integrity.ts"
import { BlobError, BlobStore, type Upload } from "./blob-store.ts"
import { failpoint } from "./failpoint.ts"
import { type StoreError, toStoreError } from "./store-error.ts"
import { makeUploads, putBy } from "./uploads.ts"

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

/** `sha512-…` -> its place: hex, since base64 has slashes and knows upper from lower case. */
const placeOf = (folder: string, integrity: string) => {
  const hex = Buffer.from(integrity.replace(/^sha512-/, ""), "base64").toString("hex")
  const shelf = join(folder, hex.slice(0, 2))
  return { shelf, file: join(shelf, hex) }
}

const makeBlobStore = Effect.fnUntraced(function* (folder: string) {
  const { bytesOf, receive } = yield* makeUploads(join(folder, "incoming"))

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

  const get = Effect.fnUntraced(function* (integrity: string) {
    const { file } = placeOf(folder, integrity)
    const bytes = yield* attempt("read a bundle", () =>
      readFile(file).catch((cause: unknown) => (isMissing(cause) ? undefined : Promise.reject(cause)))
    )
    if (bytes === undefined) return yield* new BlobError({ integrity, reason: "missing" })
    if (integrityOf(bytes) !== integrity) return yield* new BlobError({ integrity, reason: "damaged" })
    return bytes
  })

  return BlobStore.of({ receive, bytesOf, keep, put: putBy({ keep, receive }), get })
})

const isMissing = (cause: unknown): boolean =>
  typeof cause === "object" && cause !== null && "code" in cause && cause.code === "ENOENT"

/** Blobs as files below a folder, made when it is missing. */
export const folderBlobStore = (folder: string): Layer.Layer<BlobStore, StoreError> =>
  Layer.effect(BlobStore, makeBlobStore(folder))
