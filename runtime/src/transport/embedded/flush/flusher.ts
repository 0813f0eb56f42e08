import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import { TransportError } from "../../transport.ts"
import { writeFailure } from "../failure.ts"
import type { Hold, Store } from "../store.ts"
import { FlushedPages } from "./flushed-pages.ts"

/**
 * When a commit is durable. `fsync`: when it is acknowledged. `async`: within about 50 ms of it; a kill of the process loses
 * nothing, a power cut what was not flushed yet, and only from the end.
 */
export type Durability = "fsync" | "async"

/** From the end of a flush to the next. What a power cut may take is this, and what was committed during two flushes. */
const pauseMs = 50

/** Answers when all that was committed before is durable. Fails when the disk refused it. */
export type Flushed = Effect.Effect<void, TransportError>

interface Waiting {
  readonly until: number
  readonly resume: (result: Effect.Effect<void, TransportError>) => void
}

/** Flushes what the store leaves unflushed, in the background. Made by {@link flushInBackground}. */
class Flusher {
  private readonly folder: string
  private readonly store: Store
  private readonly pages: FlushedPages
  private readonly dirty = Latch.makeUnsafe(false)
  private readonly hurry = Latch.makeUnsafe(false)
  private waiting: Waiting[] = []
  /** What the pages lead to that a power cut would go back to: none of it is written over. */
  private hold: Hold
  private written = 0
  private flushedTo = 0
  private failure: TransportError | undefined

  constructor(folder: string, store: Store) {
    this.folder = folder
    this.store = store
    this.pages = FlushedPages.begin(folder)
    this.hold = store.hold()
    store.leaveUnflushed({
      before: () => {
        if (this.failure !== undefined) throw this.failure
      },
      after: () => {
        this.written += 1
        this.dirty.openUnsafe()
      }
    })
  }

  get flushed(): Flushed {
    return Effect.callback<void, TransportError>((resume) => {
      if (this.failure !== undefined) return resume(Effect.fail(this.failure))
      if (this.flushedTo >= this.written) return resume(Effect.void)
      const waiting: Waiting = { until: this.written, resume }
      this.waiting.push(waiting)
      this.hurry.openUnsafe()
      return Effect.sync(() => {
        this.waiting = this.waiting.filter((each) => each !== waiting)
      })
    })
  }

  get rounds(): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      yield* this.dirty.await
      yield* this.dirty.close
      yield* this.hurry.close
      yield* Effect.uninterruptible(this.round)
      if (this.waiting.length === 0) yield* Effect.raceFirst(Effect.sleep(pauseMs), this.hurry.await)
    }).pipe(Effect.repeat({ while: () => this.failure === undefined }))
  }

  /** Makes durable what was written until now. What is written meanwhile goes into pages that neither flush needs. */
  private get round(): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const written = this.written
      const next = this.store.hold()
      const pages = this.pages.current()
      yield* Effect.matchEffect(
        Effect.tryPromise({ try: () => this.pages.keep(pages), catch: (cause) => cause }),
        {
          onSuccess: () => Effect.sync(() => this.settle(written, next)),
          onFailure: (cause) => Effect.sync(() => this.fail(cause, next))
        }
      )
    })
  }

  private settle(written: number, next: Hold): void {
    this.hold.release()
    this.hold = next
    this.flushedTo = written
    const done = this.waiting.filter(({ until }) => until <= written)
    this.waiting = this.waiting.filter(({ until }) => until > written)
    for (const { resume } of done) resume(Effect.void)
  }

  /** What a disk has refused once it may have lost: nothing more is acknowledged. */
  private fail(cause: unknown, next: Hold): void {
    next.release()
    const { message } = writeFailure(this.folder, 0, cause)
    this.failure = new TransportError({
      reason: "unavailable",
      message: `${message}. It could not be flushed, so nothing more is written; mend the disk and start again.`
    })
    for (const { resume } of this.waiting) resume(Effect.fail(this.failure))
    this.waiting = []
  }

  end(): void {
    this.store.flushEach()
    this.hold.release()
    if (this.failure === undefined) this.pages.end(this.folder)
  }
}

/** From now on, and for as long as the scope is open, the store's transactions answer before they are flushed. */
export function flushInBackground(
  folder: string,
  store: Store
): Effect.Effect<Flushed, TransportError, Scope.Scope> {
  return Effect.gen(function* () {
    const flusher = yield* Effect.acquireRelease(
      Effect.try({
        try: () => new Flusher(folder, store),
        catch: (cause) => writeFailure(folder, 0, cause)
      }),
      (made) => Effect.sync(() => made.end())
    )
    yield* Effect.forkScoped(flusher.rounds)
    return Effect.suspend(() => flusher.flushed)
  })
}
