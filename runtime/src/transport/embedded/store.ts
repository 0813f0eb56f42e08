import { open } from "lmdb"
import type { Database, RootDatabase } from "lmdb"

export type Table = Database<Buffer, Buffer>

/** The databases of docs/formats/commit.md. Bytes in, bytes out; every method is synchronous. */
export interface Store {
  readonly meta: Table
  readonly schemas: Table
  readonly log: Table
  readonly checkpoints: Table
  readonly deltas: Table
  readonly state: Table
  readonly folded: Table
  /** One transaction, durable when it returns; a throw, the store's own included, leaves nothing of it. */
  readonly write: <A>(work: () => A) => A
  /** Runs reads on one snapshot and lets go of it: no read transaction outlives the call. */
  readonly read: <A>(work: () => A) => A
  readonly close: () => Promise<void>
}

export const tableNames = ["meta", "schemas", "log", "checkpoints", "deltas", "state", "folded"] as const

/** Address space, not memory or disk. */
const mapBytes = 2 ** 40
/** Fixed, for the file's sake: lmdb would take the system's. Allows keys of 1,978 bytes; those of state.md reach 1,037. */
const pageBytes = 4096

export function openStore(folder: string, options: { readonly readOnly: boolean }): Store {
  const root: RootDatabase<Buffer, Buffer> = open<Buffer, Buffer>({
    path: folder,
    encoding: "binary",
    keyEncoding: "binary",
    // The default acknowledges before the flush.
    overlappingSync: false,
    mapSize: mapBytes,
    pageSize: pageBytes,
    maxDbs: tableNames.length + 1,
    readOnly: options.readOnly,
    noSubdir: false
  })
  const table = (name: (typeof tableNames)[number]): Table =>
    root.openDB<Buffer, Buffer>(name, { encoding: "binary", keyEncoding: "binary" })
  return {
    meta: table("meta"),
    schemas: table("schemas"),
    log: table("log"),
    checkpoints: table("checkpoints"),
    deltas: table("deltas"),
    state: table("state"),
    folded: table("folded"),
    // Synchronous on purpose: lmdb's asynchronous writer crashes the process when a write fails on a full disk.
    write: (work) => {
      let result: { readonly value: ReturnType<typeof work> } | undefined
      root.transactionSync(() => {
        // Kept from lmdb: what is thenable (what `put` answers is) would leave the transaction open until later.
        result = { value: work() }
      })
      if (result === undefined) throw new Error("the transaction did not run")
      return result.value
    },
    read: (work) => {
      root.resetReadTxn()
      try {
        return work()
      } finally {
        root.resetReadTxn()
      }
    },
    close: () => root.close()
  }
}
