import { mkdtemp, open, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { integrityOf } from "../integrity.ts"
import { BlobError, BlobStore, type Upload } from "./blob-store.ts"
import { Database, decodedRow, execute, inTransaction } from "./database.ts"
import { failpoint } from "./failpoint.ts"
import { type StoreError, toStoreError } from "./store-error.ts"
import { makeUploads, putBy } from "./uploads.ts"

/** Bytes of a row, at most: what the driver holds of a blob at a time, several times over. */
export const partBytes = 1_048_576

const PartRow = Schema.Struct({ bytes: Schema.Uint8Array })

const partOf = (integrity: string, part: number) =>
  decodedRow(PartRow, "SELECT bytes FROM blobs WHERE integrity = ? AND part = ?", [integrity, part])

/** The parts of a file, in their order; one without bytes for an empty file. */
const insertParts = Effect.fnUntraced(function* ({ file, integrity, sizeBytes }: Upload) {
  const handle = yield* Effect.acquireRelease(
    Effect.tryPromise({
      try: () => open(file, "r"),
      catch: (cause) => toStoreError("read an upload", cause)
    }),
    (opened) => Effect.promise(() => opened.close())
  )
  const buffer = Buffer.alloc(Math.min(partBytes, sizeBytes))
  for (let part = 0; part === 0 || part * partBytes < sizeBytes; part++) {
    const { bytesRead } = yield* Effect.tryPromise({
      try: () => handle.read(buffer, 0, buffer.length, part * partBytes),
      catch: (cause) => toStoreError("read an upload", cause)
    })
    yield* execute("INSERT INTO blobs (integrity, part, bytes) VALUES (?, ?, ?)", [
      integrity,
      part,
      buffer.subarray(0, bytesRead)
    ])
  }
})

/** A folder of this process alone: platforms may share a data folder, and each empties what it finds. */
const ownFolder = Effect.acquireRelease(
  Effect.tryPromise({
    try: () => mkdtemp(join(tmpdir(), "millrace-uploads-")),
    catch: (cause) => toStoreError("make a folder for uploads", cause)
  }),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

const makeBlobStore = Effect.gen(function* () {
  const { bytesOf, receive } = yield* makeUploads(yield* ownFolder)
  const inStore = Effect.provideService(Database, yield* Database)

  const keep = Effect.fnUntraced(function* (upload: Upload) {
    const insert = Effect.gen(function* () {
      if ((yield* partOf(upload.integrity, 0)) === undefined) yield* Effect.scoped(insertParts(upload))
    })
    yield* inStore(inTransaction(insert))
    yield* failpoint("archive-kept")
  })

  const get = Effect.fnUntraced(function* (integrity: string) {
    const parts: Uint8Array[] = []
    for (;;) {
      const row = yield* inStore(partOf(integrity, parts.length))
      if (row === undefined) break
      parts.push(row.bytes)
    }
    if (parts.length === 0) return yield* new BlobError({ integrity, reason: "missing" })
    const bytes = Buffer.concat(parts)
    if (integrityOf(bytes) !== integrity) return yield* new BlobError({ integrity, reason: "damaged" })
    return bytes
  })

  return BlobStore.of({ receive, bytesOf, keep, put: putBy({ keep, receive }), get })
})

/** Blobs in the database, so that every platform of it reads them; a blob's parts are one transaction. */
export const databaseBlobStore: Layer.Layer<BlobStore, StoreError, Database> = Layer.effect(
  BlobStore,
  makeBlobStore
)
