import { randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import { type Durability, TransportError } from "../../transport.ts"
import { writeFailure } from "../failure.ts"
import { emptyFiles } from "../frames/empty-files.ts"
import { FrameFlush } from "../frames/frame-flush.ts"
import { Journal, journalNames } from "../journal/journal.ts"
import type { Hold, Store } from "../store.ts"
import { FlushedPages, flushedName } from "./flushed-pages.ts"

/** What is not waited for: from the end of a write of the journal to the next. What a power cut may take is this, and what came meanwhile. */
const pauseMs = 50
/** And so much is written at once. */
const mostStagedBytes = 1024 * 1024
/** `data.mdb` is flushed when the journal has so much that is not in it, or this long after the first of it. A replay takes as long. */
const journalBytes = 32 * 1024 * 1024
const flushEveryMs = 1_000
/** With so much, commits wait for the flush: who writes faster than the disk is held to its pace. */
const mostJournalBytes = 8 * journalBytes
/** Of frames, so many bytes are written at once that nobody waits for. */
const mostLeftBytes = 8 * 1024 * 1024
/** And with so many on their way, commits wait. */
const mostFrameBytes = 64 * 1024 * 1024
/** Until a write that was on its way when the files were swapped has come to its end. */
const swapRetryMs = 10

/** Answers when all that was committed before is durable. Fails when the disk refused it. */
export type Flushed = Effect.Effect<void, TransportError>

type Done = (failure: TransportError | undefined) => void

interface Started {
  readonly journal: Journal
  readonly pages: FlushedPages
  /** What the pages lead to that a power cut would go back to: none of it is written over. */
  hold: Hold
}

interface Waiting {
  /** Number of the last record of the journal. */
  readonly upTo: number
  /** Bytes in frame files. */
  readonly frames: number
  readonly done: Done
}

/**
 * Makes durable what the store leaves unflushed: the journal at once, `data.mdb` in the background. Begins with the first
 * transaction. Made by {@link flushInBackground}.
 */
export class Flusher {
  /** Of a commit that does not say. */
  readonly durability: Durability
  private readonly folder: string
  private readonly store: Store
  private readonly frames: FrameFlush
  private readonly dirty = Latch.makeUnsafe(false)
  private readonly full = Latch.makeUnsafe(false)
  private started: Started | undefined
  private waiting: Waiting[] = []
  /** For the end of a round. */
  private held: (() => void)[] = []
  /** Flushes of `data.mdb` that were begun; one that another overtook changes nothing. */
  private begun = 0
  private isRounding = false
  /** Number of the last record before the transaction. */
  private lastBefore = 0
  private failure: TransportError | undefined

  constructor(folder: string, store: Store, durability: Durability) {
    this.folder = folder
    this.store = store
    this.durability = durability
    this.frames = new FrameFlush(store.frames, {
      flushed: () => this.framesFlushed(),
      failed: (cause) => this.fail(cause)
    })
    store.leaveUnflushed({
      before: () => {
        if (this.failure !== undefined) throw this.failure
        this.lastBefore = this.running.journal.last
      },
      put: (table, key, value) => this.running.journal.open.put(table, key, value),
      remove: (table, key) => this.running.journal.open.remove(table, key),
      sealed: () => this.running.journal.seal(),
      abandoned: () => this.abandoned(),
      after: () => this.written(),
      flush: () => {
        if (durability === "fsync") this.flushNow()
      }
    })
  }

  private get running(): Started {
    this.started ??= this.start()
    return this.started
  }

  private start(): Started {
    const isNew = ![...journalNames, flushedName].every((name) => existsSync(join(this.folder, name)))
    const journal = new Journal(this.folder, randomBytes(8).readBigUInt64LE(), {
      written: () => this.answer(),
      failed: (cause) => this.flushAll(cause)
    })
    try {
      const pages = FlushedPages.begin(this.folder, { epoch: journal.epoch, first: 1 }, isNew)
      return { journal, pages, hold: this.store.hold() }
    } catch (cause) {
      // Nothing is under way: it is begun again with the next transaction.
      journal.closeNow()
      throw cause
    }
  }

  /** Inside a transaction that is to be waited for, at its end: what it did is on its way while the store ends it. */
  hasten(): void {
    const { journal } = this.running
    journal.seal()
    journal.flush()
    this.frames.flush()
  }

  /** Inside it, when the last of its frames was appended: they are on their way while it goes on. */
  hastenFrames(): void {
    this.frames.flush()
  }

  /** Calls when all is durable that was written before, within this call where it is. */
  whenDurable(done: Done): void {
    const journal = this.started?.journal
    if (this.failure !== undefined) return done(this.failure)
    if (this.isTooFast) return this.hold(() => this.whenDurable(done))
    const one = { upTo: journal?.last ?? 0, frames: this.store.frames.appended, done }
    if (this.isDurable(one)) return done(undefined)
    this.waiting.push(one)
    journal?.flush()
    this.frames.flush()
  }

  private isDurable({ frames, upTo }: Waiting): boolean {
    return this.frames.durable >= frames && (this.started?.journal.durable ?? 0) >= upTo
  }

  private hold(again: () => void): void {
    this.held.push(again)
    this.frames.flush()
  }

  /** Calls when more may be written, within this call where that is so. */
  whenSpace(done: Done): void {
    if (this.failure === undefined && this.isTooFast) this.hold(() => this.whenSpace(done))
    else done(this.failure)
  }

  get flushed(): Flushed {
    return Effect.callback<void, TransportError>((resume) =>
      this.whenDurable((failure) => resume(failure === undefined ? Effect.void : Effect.fail(failure)))
    )
  }

  /** Flushes `data.mdb` now and then. */
  get rounds(): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      yield* this.dirty.await
      yield* Effect.raceFirst(Effect.sleep(flushEveryMs), this.full.await)
      while (!this.running.journal.canSwap) yield* Effect.sleep(swapRetryMs)
      yield* this.dirty.close
      yield* this.full.close
      yield* Effect.uninterruptible(this.round)
    }).pipe(Effect.repeat({ while: () => this.failure === undefined }))
  }

  /** Writes to the journal now and then what nobody waits for. */
  get pace(): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      yield* this.dirty.await
      this.running.journal.flush()
      this.frames.flush()
      yield* Effect.sleep(pauseMs)
    }).pipe(Effect.repeat({ while: () => this.failure === undefined }))
  }

  /** Flushes what was written until now. What is written meanwhile goes into pages that no flush before needs, and the other journal. */
  private get round(): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const { journal, pages } = this.running
      const next = this.store.hold()
      const current = pages.current()
      const place = { epoch: journal.epoch, first: journal.last + 1 }
      const empty = emptyFiles(this.store)
      journal.swap()
      this.begun += 1
      this.isRounding = true
      const own = this.begun
      yield* Effect.matchEffect(
        Effect.tryPromise({
          try: async () => {
            // What the pages lead to in frame files is durable before the pages are.
            await this.frames.flushed()
            return pages.keep(current, place, () => this.begun === own)
          },
          catch: (cause) => cause
        }),
        {
          onSuccess: (isKept) =>
            Effect.sync(() => {
              if (isKept) {
                this.settle(next)
                this.store.frames.remove(empty)
              } else {
                next.release()
                this.store.frames.loosen(empty)
              }
            }),
          onFailure: (cause) => Effect.sync(() => this.fail(cause, next))
        }
      )
    })
  }

  private get isTooFast(): boolean {
    return (
      this.frames.left > mostFrameBytes || (this.isRounding && this.running.journal.bytes > mostJournalBytes)
    )
  }

  private settle(next: Hold): void {
    this.running.hold.release()
    this.running.hold = next
    this.isRounding = false
    for (const again of this.held.splice(0)) again()
  }

  private framesFlushed(): void {
    this.answer()
    if (!this.isTooFast) for (const again of this.held.splice(0)) again()
  }

  private answer(): void {
    if (this.failure !== undefined) return
    const done = this.waiting.filter((each) => this.isDurable(each))
    if (done.length === 0) return
    this.waiting = this.waiting.filter((each) => !this.isDurable(each))
    for (const each of done) each.done(undefined)
  }

  private written(): void {
    const { journal } = this.running
    this.dirty.openUnsafe()
    if (journal.bytes > journalBytes) this.full.openUnsafe()
    if (journal.stagedBytes > mostStagedBytes) journal.flush()
    if (this.frames.left > mostLeftBytes) this.frames.flush()
  }

  private flushNow(): void {
    try {
      this.frames.flushNow()
    } catch (cause) {
      this.fail(cause)
    }
    try {
      this.running.journal.flushNow()
    } catch (cause) {
      this.flushAll(cause)
    }
    if (this.failure !== undefined) throw this.failure
  }

  /** What was sealed may be in the journal, and is not to be done: nothing may lead to it. */
  private abandoned(): void {
    const { journal } = this.running
    if (journal.last > this.lastBefore) this.flushAll(undefined)
    else journal.abandon()
  }

  /** What the journal cannot make durable, a flush of `data.mdb` does: at once, and slower. */
  private flushAll(cause: unknown): void {
    if (this.failure !== undefined) return
    const { journal, pages } = this.running
    this.begun += 1
    const next = this.store.hold()
    try {
      this.frames.flushNow()
      pages.keepNow(pages.current(), { epoch: journal.epoch, first: journal.last + 1 })
    } catch (refused) {
      return this.fail(refused ?? cause, next)
    }
    journal.restart()
    this.settle(next)
    setImmediate(() => this.answer())
  }

  /** What a disk has refused once it may have lost: nothing more is acknowledged. */
  private fail(cause: unknown, next?: Hold): void {
    next?.release()
    if (this.failure !== undefined) return
    const { message } = writeFailure(this.folder, 0, cause)
    const failure = new TransportError({
      reason: "unavailable",
      message: `${message}. It could not be flushed, so nothing more is written; mend the disk and start again.`
    })
    this.failure = failure
    for (const { done } of this.waiting.splice(0)) done(failure)
    for (const again of this.held.splice(0)) again()
  }

  get end(): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      this.store.flushEach()
      yield* Effect.promise(() => this.frames.close())
      if (this.started === undefined) return
      const { hold, journal, pages } = this.started
      yield* Effect.promise(() => journal.close())
      hold.release()
      if (this.failure !== undefined) return pages.close()
      try {
        this.frames.flushNow()
        pages.end()
      } catch (cause) {
        pages.close()
        return this.fail(cause)
      }
      // Whatever was on its way, all of it is durable.
      journal.restart()
      this.answer()
      for (const again of this.held.splice(0)) again()
    })
  }
}

/** From now on, and for as long as the scope is open, the store's transactions are in the journal first, and flushed later. */
export function flushInBackground(
  folder: string,
  store: Store,
  durability: Durability
): Effect.Effect<Flusher, never, Scope.Scope> {
  return Effect.gen(function* () {
    const flusher = yield* Effect.acquireRelease(
      Effect.sync(() => new Flusher(folder, store, durability)),
      (made) => made.end
    )
    yield* Effect.forkScoped(flusher.rounds)
    yield* Effect.forkScoped(flusher.pace)
    return flusher
  })
}
