import { fdatasync, fdatasyncSync } from "node:fs"
import { promisify } from "node:util"
import { syncPath, syncPathLater } from "../sync-path.ts"
import type { FrameFiles } from "./frame-files.ts"

const datasync = promisify(fdatasync)

/** What becomes of what was appended; called in a turn of its own. */
export interface FrameWatch {
  /** More of it is durable. */
  readonly flushed: () => void
  /** The disk refused it. */
  readonly failed: (cause: unknown) => void
}

/** Makes durable what was appended to frame files: all of it at once, in the background or while its caller waits. */
export class FrameFlush {
  /** Of {@link FrameFiles.appended}, so many bytes are durable. */
  durable = 0
  private readonly files: FrameFiles
  private readonly watch: FrameWatch
  private under: Promise<void> | undefined
  private isWanted = false
  private isRunning = false
  private isDead = false

  constructor(files: FrameFiles, watch: FrameWatch) {
    this.files = files
    this.watch = watch
  }

  /** Bytes that a power cut would take. */
  get left(): number {
    return this.files.appended - this.durable
  }

  /** Begins a flush of what was appended until now, or once the one that is under way has ended. */
  flush(): void {
    if (this.isDead || this.left === 0) return
    if (this.under === undefined) this.begin()
    else this.isWanted = true
  }

  /** What was appended until now is durable when this answers. Throws what the system throws. */
  flushNow(): void {
    const { appended, dirty, folder } = this.files
    if (this.left === 0) return
    this.check()
    for (const [file, one] of dirty) {
      const isFull = file !== this.files.writing
      fdatasyncSync(one.descriptor)
      if (one.isNew) syncPath(folder)
      one.isNew = false
      // What is under way in the background has it still.
      if (isFull && this.under === undefined) this.files.closeFull(file)
    }
    this.durable = appended
  }

  /** The same, off this thread. */
  async flushed(): Promise<void> {
    const wanted = this.files.appended
    while (this.durable < wanted) {
      if (this.isDead) throw new Error("the frame files could not be flushed")
      this.flush()
      await this.under
    }
  }

  /** Nothing more is begun; what is under way comes to its end. */
  async close(): Promise<void> {
    this.isDead = true
    await this.under
  }

  private begin(): void {
    const under = this.run()
    // It may have ended within that call.
    if (this.isRunning) this.under = under
  }

  private check(): void {
    const { refused } = this.files
    if (refused !== undefined) throw refused.cause
  }

  private async run(): Promise<void> {
    const { appended, dirty, folder } = this.files
    this.isRunning = true
    try {
      for (const [file, one] of dirty) {
        const isFull = file !== this.files.writing
        await datasync(one.descriptor)
        if (one.isNew) await syncPathLater(folder)
        one.isNew = false
        if (isFull) this.files.closeFull(file)
      }
      this.check()
      this.durable = Math.max(this.durable, appended)
    } catch (cause) {
      this.isDead = true
      return this.watch.failed(cause)
    } finally {
      this.isRunning = false
      this.under = undefined
    }
    const again = this.isWanted
    this.isWanted = false
    if (again) this.flush()
    this.watch.flushed()
  }
}
