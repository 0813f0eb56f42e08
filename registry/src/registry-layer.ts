import { join } from "node:path"
import { mkdir } from "node:fs/promises"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { AuditLog } from "./audit/audit-log.ts"
import { Tokens } from "./auth/tokens.ts"
import { Packages } from "./package/packages.ts"
import { Publisher } from "./package/publisher.ts"
import { Grants } from "./pipeline/grants.ts"
import { Pipelines } from "./pipeline/pipelines.ts"
import type { KeySource } from "./secret/key-file.ts"
import { Secrets } from "./secret/secrets.ts"
import { Search } from "./search/search.ts"
import { Database, type DatabaseShape } from "./store/database.ts"
import { databaseBlobStore } from "./store/database-blobs.ts"
import { folderBlobStore } from "./store/folder-blobs.ts"
import { sqliteDatabase } from "./store/sqlite.ts"
import { toStoreError } from "./store/store-error.ts"
import { Subjects } from "./subject/subjects.ts"

const services = Layer.mergeAll(
  Tokens.layer,
  Packages.layer,
  Publisher.layer,
  Search.layer,
  Subjects.layer,
  Pipelines.layer,
  Grants.layer
)

const stores = (folder: string, shared: DatabaseShape | undefined) =>
  Layer.unwrap(
    Effect.tryPromise({
      try: () => mkdir(folder, { recursive: true, mode: 0o700 }),
      catch: (cause) => toStoreError("make the registry's folder", cause)
    }).pipe(
      Effect.as(
        shared === undefined
          ? Layer.mergeAll(
              sqliteDatabase(join(folder, "registry.db")),
              folderBlobStore(join(folder, "bundles"))
            )
          : databaseBlobStore.pipe(Layer.provideMerge(Layer.succeed(Database, shared)))
      )
    )
  )

export interface RegistryOptions {
  /** The key that secrets are sealed with; default: the file `secrets.key` of the folder, made when the first secret is set. */
  readonly secretKey?: KeySource
  /** A database that platforms share, for the rows and the archives alike; default: files of the folder. */
  readonly database?: DatabaseShape | undefined
}

/**
 * The registry's services over a folder, made when it is missing. Asks for a `ManifestReader`. One process at a time
 * may have a folder's files; its owner sees to that. Fails with a `StoreError` when what is there is damaged, foreign or newer.
 */
export const registryLayer = (folder: string, options: RegistryOptions = {}) =>
  Layer.mergeAll(services, Secrets.layer(options.secretKey ?? { file: join(folder, "secrets.key") })).pipe(
    Layer.provideMerge(AuditLog.layer),
    Layer.provideMerge(stores(folder, options.database))
  )
