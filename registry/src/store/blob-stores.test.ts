import { mkdtemp, rm } from "node:fs/promises"
import { DatabaseSync } from "node:sqlite"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { assert, describe, it } from "vitest"
import { blobAcceptance } from "./blob-acceptance.ts"
import { BlobStore } from "./blob-store.ts"
import { databaseBlobStore, partBytes } from "./database-blobs.ts"
import { folderBlobStore } from "./folder-blobs.ts"
import { sqliteDatabase } from "./sqlite.ts"

const withFolder = async (use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-blobs-"))
  try {
    await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const inDatabase = (folder: string) =>
  databaseBlobStore.pipe(Layer.provide(sqliteDatabase(join(folder, "registry.db"))))

describe("blobs in a folder", () => {
  for (const { name, run } of blobAcceptance)
    it(name, () => withFolder((folder) => Effect.runPromise(Effect.provide(run, folderBlobStore(folder)))))
})

describe("blobs in a database", () => {
  for (const { name, run } of blobAcceptance)
    it(name, () => withFolder((folder) => Effect.runPromise(Effect.provide(run, inDatabase(folder)))))

  it("are never given when a part was lost or changed", () =>
    withFolder(async (folder) => {
      const blob = new Uint8Array(2 * partBytes + 1).fill(7)
      const use = <A, E>(work: Effect.Effect<A, E, BlobStore>) =>
        Effect.runPromise(Effect.provide(work, inDatabase(folder)))
      const integrity = await use(BlobStore.use((blobs) => blobs.put(blob)))
      const reasonAfter = async (sql: string): Promise<string> => {
        const raw = new DatabaseSync(join(folder, "registry.db"))
        raw.exec(`DROP TRIGGER IF EXISTS blobs_never_change; ${sql}`)
        raw.close()
        return (await use(Effect.flip(BlobStore.use((blobs) => blobs.get(integrity))))).reason
      }
      assert.equal(await reasonAfter("UPDATE blobs SET bytes = zeroblob(1048576) WHERE part = 1"), "damaged")
      assert.equal(await reasonAfter("DELETE FROM blobs WHERE part = 1"), "damaged")
      assert.equal(await reasonAfter("DELETE FROM blobs"), "missing")
    }))
})
