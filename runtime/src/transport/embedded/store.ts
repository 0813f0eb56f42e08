import { open, TransactionFlags } from "lmdb"
import type { RangeOptions, RootDatabase } from "lmdb"
import { refuseWhenFull } from "./failure.ts"

/** One database: ordered bytes to bytes. `put` and `remove` only inside {@link Store.write}. */
export interface Table {
  readonly get: (key: Buffer) => Buffer | undefined
  readonly put: (key: Buffer, value: Buffer) => void
  readonly remove: (key: Buffer) => void
  readonly keys: (range: RangeOptions) => Iterable<Buffer>
  readonly entries: (range: RangeOptions) => Iterable<{ readonly key: Buffer; readonly value: Buffer }>
}

/** The databases of docs/formats/commit.md. Bytes in, bytes out; every method is synchronous. */
export interface Store {
  readonly meta: Table
  readonly schemas: Table
  readonly log: Table
  readonly checkpoints: Table
  readonly deltas: Table
  readonly state: Table
  readonly folded: Table
  /**
   * One transaction, durable when it returns; a throw, the store's own included, leaves nothing of it. `bytes`: about what
   * it will write, where that can be much; throws a TransportError `diskFull` before it begins when there is no space for it.
   */
  readonly write: <A>(work: () => A, bytes?: number) => A
  /**
   * From now on a transaction answers when the system has it, before it is flushed: `after` is called then, and `before` ahead of
   * it, whose throw refuses it. INVARIANT: who calls this holds what was flushed last, for LMDB would write over it.
   */
  readonly leaveUnflushed: (watch: { readonly before: () => void; readonly after: () => void }) => void
  /** Each transaction is flushed again when it answers. */
  readonly flushEach: () => void
  /** Keeps every page that what is committed now leads to as it is, until it is released. */
  readonly hold: () => Hold
  /** Runs reads on one snapshot and lets go of it: no read transaction outlives the call. */
  readonly read: <A>(work: () => A) => A
  /** Bytes that the data file has when it holds every page that was ever given out. */
  readonly wholeBytes: () => number
  /** Copies the data file as it is now, without pages that hold nothing, into another folder that is there and empty. */
  readonly copyTo: (folder: string) => Promise<void>
  readonly close: () => Promise<void>
}

/** Pages that are not written over. To be released before the store is closed. */
export interface Hold {
  readonly release: () => void
}

export const tableNames = ["meta", "schemas", "log", "checkpoints", "deltas", "state", "folded"] as const

/** Address space, not memory or disk. */
const mapBytes = 2 ** 40
/** Fixed, for the file's sake: lmdb would take the system's. Allows keys of 1,978 bytes; those of state.md reach 1,037. */
const pageBytes = 4096

const synchronous = TransactionFlags.ABORTABLE | TransactionFlags.SYNCHRONOUS_COMMIT

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
  const table = (name: (typeof tableNames)[number]): Table => openTable(root, name)
  let unflushed: Parameters<Store["leaveUnflushed"]>[0] | undefined
  return {
    meta: table("meta"),
    schemas: table("schemas"),
    log: table("log"),
    checkpoints: table("checkpoints"),
    deltas: table("deltas"),
    state: table("state"),
    folded: table("folded"),
    // Synchronous on purpose: lmdb's asynchronous writer crashes the process when a write fails on a full disk.
    write: (work, bytes = 0) => {
      unflushed?.before()
      refuseWhenFull(folder, bytes)
      let result: { readonly value: ReturnType<typeof work> } | undefined
      root.transactionSync(
        () => {
          // Kept from lmdb: what is thenable (what `put` answers is) would leave the transaction open until later.
          result = { value: work() }
        },
        unflushed === undefined ? synchronous : synchronous | TransactionFlags.NO_SYNC_FLUSH
      )
      if (result === undefined) throw new Error("the transaction did not run")
      unflushed?.after()
      return result.value
    },
    leaveUnflushed: (watch) => {
      unflushed = watch
    },
    flushEach: () => {
      unflushed = undefined
    },
    hold: () => {
      root.resetReadTxn()
      const transaction = root.useReadTransaction()
      // Reads go on with a snapshot of their own.
      root.resetReadTxn()
      return { release: () => transaction.done() }
    },
    read: (work) => {
      root.resetReadTxn()
      try {
        return work()
      } finally {
        root.resetReadTxn()
      }
    },
    wholeBytes: () => (lastPageOf(root.getStats()) + 1) * pageBytes,
    copyTo: (target) => root.backup(target, true),
    close: () => root.close()
  }
}

function lastPageOf(stats: object): number {
  const last: unknown = Reflect.get(stats, "lastPageNumber")
  if (typeof last !== "number") throw new Error("lmdb does not tell its last page")
  return last
}

function openTable(root: RootDatabase<Buffer, Buffer>, name: string): Table {
  const database = root.openDB<Buffer, Buffer>(name, { encoding: "binary", keyEncoding: "binary" })
  return {
    get: (key) => database.get(key),
    // In a synchronous transaction they are done when they return; the promises are for lmdb's other mode.
    put: (key, value) => {
      void database.put(key, value)
    },
    remove: (key) => {
      void database.remove(key)
    },
    keys: (range) => database.getKeys(range),
    entries: (range) => database.getRange(range)
  }
}
