import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  fstatSync,
  openSync,
  write,
  writeSync
} from "node:fs"
import { join } from "node:path"
import { JournalRecords } from "./journal-record.ts"

// What transactions did, one after the other: so that a commit is durable after one write, and `data.mdb` is flushed later. Two
// files by turns: while `data.mdb` is flushed with what one has, the other takes what comes.

export const journalNames = ["JOURNAL-0", "JOURNAL-1"] as const

/** Where the system has it, a write that is durable when it answers; else each is flushed after it. */
const flushedWrites: number | undefined = constants.O_DSYNC
const { O_CREAT, O_WRONLY } = constants
/** A buffer that has grown beyond is not kept. */
const mostKeptBytes = 4 * 1024 * 1024
/** A file of the run before is written over, for that asks less of the system than one that grows; unless it is longer than this. */
const mostFileBytes = 64 * 1024 * 1024

interface Write {
  readonly file: number
  readonly position: number
  readonly records: JournalRecords
  readonly bytes: Buffer
  /** Number of the last record in it. */
  readonly upTo: number
}

/** What becomes of the records that were sealed; called in a turn of its own. */
export interface JournalWatch {
  /** Up to this number all are durable. */
  readonly written: (upTo: number) => void
  /** Some could not be written. Nothing more is until {@link Journal.restart}. */
  readonly failed: (cause: unknown) => void
}

/** The journal of one opening of a folder. Records are numbered from 1 on. */
export class Journal {
  readonly epoch: bigint
  /** Number of the last record that was sealed. */
  last = 0
  /** Up to this number all are durable. */
  durable = 0
  private readonly descriptors: readonly number[]
  private readonly watch: JournalWatch
  private current = 0
  private position = 0
  private staged: JournalRecords
  private spare: JournalRecords | undefined
  /** To be written, in order; the first may be under way. */
  private queue: Write[] = []
  private isWriting = false
  private isWanted = false
  private isDead = false
  private idle: (() => void) | undefined

  /** Opens both files, or makes them: their names are durable once the folder was synced. What is in them is of another epoch. */
  constructor(folder: string, epoch: bigint, watch: JournalWatch) {
    this.epoch = epoch
    this.watch = watch
    this.staged = new JournalRecords(epoch)
    const flags = O_CREAT | O_WRONLY | (flushedWrites ?? 0)
    this.descriptors = journalNames.map((name) => openSync(join(folder, name), flags, 0o600))
    for (const descriptor of this.descriptors)
      if (fstatSync(descriptor).size > mostFileBytes) ftruncateSync(descriptor, 0)
  }

  /** Bytes of the file that takes what comes. */
  get bytes(): number {
    return this.position + this.staged.bytes
  }

  /** Of what is sealed and not yet on its way. */
  get stagedBytes(): number {
    return this.staged.bytes
  }

  /** What the open record holds, inside a transaction. */
  get open(): Pick<JournalRecords, "put" | "remove"> {
    return this.staged
  }

  /** The transaction put and removed all that it will. Once more does nothing, as does one that changed nothing. */
  seal(): void {
    if (!this.staged.isOpen) return
    this.last += 1
    this.staged.seal(this.last)
  }

  abandon(): void {
    this.staged.abandon()
  }

  /** Nothing is on its way into the file that would be next. */
  get canSwap(): boolean {
    return this.queue.every(({ file }) => file === this.current)
  }

  /** Writes what is sealed, in the background; {@link JournalWatch} tells. */
  flush(): void {
    if (this.isDead) return
    if (this.queue.length > 0) this.isWanted = true
    else if (this.stage()) this.writeNext()
  }

  /** Writes what is sealed: durable when it answers. Throws what the system throws. */
  flushNow(): void {
    this.stage()
    // What is under way is written once more, to the same place: it must not be less durable than what follows it.
    for (const one of this.queue) this.writeNow(one)
    const upTo = this.queue.at(-1)?.upTo ?? this.durable
    this.queue.splice(this.isWriting ? 1 : 0).forEach((one) => this.keep(one.records))
    if (upTo <= this.durable) return
    this.durable = upTo
    setImmediate(() => this.watch.written(upTo))
  }

  /** From now on records go into the other file. INVARIANT: `data.mdb` was flushed with all that it has. */
  swap(): void {
    if (this.stage() && !this.isWriting) this.writeNext()
    this.current = 1 - this.current
    this.position = 0
  }

  /** After all that was sealed became durable otherwise: goes on at the beginning of a file. */
  restart(): void {
    this.queue.splice(this.isWriting ? 1 : 0)
    this.staged.clear()
    this.isWanted = false
    this.durable = this.last
    // A write that is still under way lands where nothing is looked for.
    const busy = this.queue[0]?.file
    this.current = busy === undefined ? 1 - this.current : 1 - busy
    this.position = 0
  }

  /** Nothing more is written; what is under way comes to its end. */
  async close(): Promise<void> {
    this.isDead = true
    this.isWanted = false
    if (this.isWriting)
      await new Promise<void>((resolve) => {
        this.idle = resolve
      })
    this.closeNow()
  }

  /** The same, where nothing is under way. */
  closeNow(): void {
    for (const descriptor of this.descriptors) closeSync(descriptor)
  }

  /** Queues what is sealed; false where there is nothing. */
  private stage(): boolean {
    if (this.staged.bytes === 0) return false
    const records = this.staged
    const bytes = records.blocks()
    this.queue.push({ file: this.current, position: this.position, records, bytes, upTo: this.last })
    this.position += bytes.length
    this.staged = this.spare ?? new JournalRecords(this.epoch)
    this.spare = undefined
    return true
  }

  private writeNext(): void {
    const one = this.queue[0]
    if (one === undefined) return
    this.isWriting = true
    this.writeFrom(one, 0)
  }

  private writeFrom(one: Write, from: number): void {
    const descriptor = this.descriptors[one.file] ?? -1
    const left = one.bytes.length - from
    write(descriptor, one.bytes, from, left, one.position + from, (error, written) => {
      if (error !== null) return this.ended(one, error)
      if (written < left) return this.writeFrom(one, from + written)
      if (flushedWrites !== undefined) return this.ended(one, null)
      fdatasync(descriptor, (refused) => this.ended(one, refused))
    })
  }

  private ended(one: Write, error: Error | null): void {
    this.isWriting = false
    if (this.queue[0] === one) this.queue.shift()
    // Where all of it is durable it was written again meanwhile, or `data.mdb` was flushed.
    const isOver = one.upTo <= this.durable
    this.keep(one.records)
    if (!isOver && error !== null) this.refused(one, error)
    else if (!isOver) this.durable = one.upTo
    if (this.queue.length === 0 && this.isWanted) {
      this.isWanted = false
      this.stage()
    }
    if (!this.isWriting) this.writeNext()
    if (!isOver && error === null) this.watch.written(one.upTo)
    if (this.isWriting) return
    this.idle?.()
    this.idle = undefined
  }

  private refused({ upTo }: Write, cause: unknown): void {
    this.watch.failed(cause)
    if (upTo <= this.durable) return
    // What follows a gap is worth nothing.
    this.isDead = true
    this.queue = []
    this.staged.clear()
  }

  private writeNow({ bytes, file, position }: Write): void {
    const descriptor = this.descriptors[file] ?? -1
    for (let at = 0; at < bytes.length;)
      at += writeSync(descriptor, bytes, at, bytes.length - at, position + at)
    if (flushedWrites === undefined) fdatasyncSync(descriptor)
  }

  /** Its buffer is used again. */
  private keep(records: JournalRecords): void {
    if (records.capacity > mostKeptBytes) return
    records.clear()
    this.spare ??= records
  }
}
