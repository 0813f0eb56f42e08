import { open, TransactionFlags } from "lmdb"
import type { Database, RangeOptions, RootDatabase } from "lmdb"
import { refuseWhenFull } from "./failure.ts"
import { FrameFiles } from "./frames/frame-files.ts"
import type { FrameSettings } from "./frames/frame-settings.ts"
import { type LogTable, logTable } from "./frames/log-table.ts"

/**
 * One database: ordered bytes to bytes. `put` and `remove` only inside {@link Store.write} or {@link Store.commit}; a value begins with
 * the CRC of the rest (value.ts), and none that is given is kept.
 */
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
  readonly log: LogTable
  readonly checkpoints: Table
  readonly deltas: Table
  readonly state: Table
  readonly folded: Table
  /** By place in a frame file, the key in `log` that leads there. */
  readonly placed: Table
  /** A database as it is: of `log` the places of what lies in frame files. */
  readonly rows: (name: TableName) => Table
  readonly frames: FrameFiles
  /**
   * One transaction, durable when it returns; a throw, the store's own included, leaves nothing of it. `bytes`: about what
   * it will write, where that can be much; throws a TransportError `diskFull` before it begins when there is no space for it.
   */
  readonly write: <A>(work: () => A, bytes?: number) => A
  /**
   * The same, but it answers when the system has it: a kill of the process takes nothing of it, a power cut what is not flushed. Durable
   * before whatever is written after it.
   */
  readonly commit: <A>(work: () => A, bytes?: number) => A
  /** From now on transactions are left unflushed. INVARIANT: who calls this holds what was flushed last, for LMDB would write over it. */
  readonly leaveUnflushed: (watch: TransactionWatch) => void
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

/** Who sees to it that what is left unflushed becomes durable. `table`: place of the name in {@link tableNames}. */
export interface TransactionWatch {
  /** Ahead of a transaction: a throw refuses it. */
  readonly before: () => void
  readonly put: (table: number, key: Buffer, value: Buffer) => void
  readonly remove: (table: number, key: Buffer) => void
  /** Inside it, when all was put and removed. */
  readonly sealed: () => void
  /** Nothing of it was kept. */
  readonly abandoned: () => void
  /** The system has it. */
  readonly after: () => void
  /** It is to be durable when this returns, as far as anything is. */
  readonly flush: () => void
}

/** Pages that are not written over. To be released before the store is closed. */
export interface Hold {
  readonly release: () => void
}

/** The journal names them by their places. */
export const tableNames = [
  "meta",
  "schemas",
  "log",
  "checkpoints",
  "deltas",
  "state",
  "folded",
  "placed"
] as const
export type TableName = (typeof tableNames)[number]

/** Address space, not memory or disk. */
const mapBytes = 2 ** 40
/** Fixed, for the file's sake: lmdb would take the system's. Allows keys of 1,978 bytes; those of state.md reach 1,037. */
const pageBytes = 4096

const synchronous = TransactionFlags.ABORTABLE | TransactionFlags.SYNCHRONOUS_COMMIT

export function openStore(
  folder: string,
  options: { readonly readOnly: boolean; readonly frames?: FrameSettings }
): Store {
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
  let watch: TransactionWatch | undefined
  const opened = tableNames.map((name, place) => openTable(root, name, place, () => watch))
  const rows = (name: TableName): Table => opened[tableNames.indexOf(name)] ?? nothing
  const frames = new FrameFiles(folder, options.frames?.fileBytes)
  // Synchronous on purpose: lmdb's asynchronous writer crashes the process when a write fails on a full disk.
  const commit = <A>(work: () => A, bytes = 0): A => {
    const watching = watch
    watching?.before()
    refuseWhenFull(folder, bytes)
    let result: { readonly value: A } | undefined
    try {
      root.transactionSync(
        () => {
          // Kept from lmdb: what is thenable (what `put` answers is) would leave the transaction open until later.
          result = { value: work() }
          watching?.sealed()
        },
        watching === undefined ? synchronous : synchronous | TransactionFlags.NO_SYNC_FLUSH
      )
    } catch (error) {
      watching?.abandoned()
      throw error
    }
    if (result === undefined) throw new Error("the transaction did not run")
    watching?.after()
    return result.value
  }
  return {
    meta: rows("meta"),
    schemas: rows("schemas"),
    log: logTable({ rows: rows("log"), placed: rows("placed"), files: frames }, options.frames?.leastBytes),
    checkpoints: rows("checkpoints"),
    deltas: rows("deltas"),
    state: rows("state"),
    folded: rows("folded"),
    placed: rows("placed"),
    rows,
    frames,
    write: (work, bytes) => {
      const result = commit(work, bytes)
      watch?.flush()
      return result
    },
    commit,
    leaveUnflushed: (watcher) => {
      watch = watcher
    },
    flushEach: () => {
      watch = undefined
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
    close: () => {
      frames.close()
      return root.close()
    }
  }
}

function lastPageOf(stats: object): number {
  const last: unknown = Reflect.get(stats, "lastPageNumber")
  if (typeof last !== "number") throw new Error("lmdb does not tell its last page")
  return last
}

/** A database that a file of an older format, opened to be read, has not. */
const nothing: Table = {
  get: () => undefined,
  put: refused,
  remove: refused,
  keys: () => [],
  entries: () => []
}

function refused(): never {
  throw new Error("the database is not there")
}

/** `place`: of the name in {@link tableNames}. */
function openTable(
  root: RootDatabase<Buffer, Buffer>,
  name: TableName,
  place: number,
  watch: () => TransactionWatch | undefined
): Table {
  // Undefined where it is not there and may not be made.
  const database: Database<Buffer, Buffer> | undefined = root.openDB<Buffer, Buffer>(name, {
    encoding: "binary",
    keyEncoding: "binary"
  })
  if (database === undefined) return nothing
  return {
    get: (key) => database.get(key),
    // In a synchronous transaction they are done when they return; the promises are for lmdb's other mode.
    put: (key, value) => {
      void database.put(key, value)
      watch()?.put(place, key, value)
    },
    remove: (key) => {
      void database.remove(key)
      watch()?.remove(place, key)
    },
    keys: (range) => database.getKeys(range),
    entries: (range) => database.getRange(range)
  }
}
