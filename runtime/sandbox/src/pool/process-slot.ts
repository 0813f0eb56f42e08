import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { Answer, Question } from "../protocol/messages.ts"
import { questionsAtOnce } from "../protocol/shared-layout.ts"
import { allowIsolates } from "./guards.ts"
import type { PlatformGuards } from "./guards.ts"
import type { PoolSettings } from "./pool-options.ts"
import type { Answered, ChildEnded, SandboxChild } from "./sandbox-child.ts"
import type { SpareChild } from "./spare-child.ts"
import { greetChild, spawnChild } from "./start-child.ts"

const firstBackoffMs = 100
const maxBackoffMs = 30_000
/** Raising the limit takes two programs and ten milliseconds: with fifty segments to load it is not done for each of them. */
const roomsAtOnce = 8
/** A collection takes tens of milliseconds, on a machine that has other things to do a hundred times as much. */
const restMs = 10_000
/** A process has fewer; one that is no longer ours may say that it has more and more. */
const mostHeaps = 256

/** A place for one process of a trust domain: starts it when it is needed, and again after it was killed. */
export class ProcessSlot {
  readonly domain: string
  child: SandboxChild | undefined
  /** The process that is ready to be asked. */
  private greeted: SandboxChild | undefined
  startedAt = 0
  /** Starts after a process that ended by itself or was killed; waking a parked one is none. */
  restarts = 0
  /** When it was last asked something, ms of the clock. */
  lastUsed = 0
  /** When it was last told to give memory back. */
  private restedAt = 0
  /** Largest heap limit of the segments that it holds, MiB. */
  memoryMiB = 0
  /** Segments loaded in the process that is there now. */
  readonly loaded: Set<number> = new Set()
  /** Segments that take too much to share an isolate. */
  readonly alone: Set<number> = new Set()
  /** Segments that have an isolate in it, or are about to: several may be loading at a time. */
  private readonly rooms: Set<number> = new Set()
  /** Isolates that the process's data limit has room for. */
  private allowed = 1
  private readonly settings: PoolSettings
  private readonly platform: PlatformGuards
  private readonly spare: SpareChild
  private readonly starting: Semaphore.Semaphore
  private readonly asking: Semaphore.Semaphore
  private readonly widening: Semaphore.Semaphore
  private unexplained = 0
  private notBefore = 0

  constructor(domain: string, settings: PoolSettings, platform: PlatformGuards, spare: SpareChild) {
    this.domain = domain
    this.settings = settings
    this.platform = platform
    this.spare = spare
    this.starting = Semaphore.makeUnsafe(1)
    this.asking = Semaphore.makeUnsafe(questionsAtOnce)
    this.widening = Semaphore.makeUnsafe(1)
  }

  /** The process, started if need be; waits for the backoff after unexplained kills. */
  readonly ensure: Effect.Effect<SandboxChild, ChildEnded> = Effect.suspend(() => {
    const { greeted } = this
    return this.isThere(greeted) ? Effect.succeed(greeted) : this.starting.withPermit(this.start)
  })

  /** Whether it is the process of this place, and is there. */
  private isThere(child: SandboxChild | undefined): child is SandboxChild {
    return child !== undefined && child === this.child && !child.isEnded
  }

  private readonly start: Effect.Effect<SandboxChild, ChildEnded> = Effect.gen({ self: this }, function* () {
    if (this.isThere(this.greeted)) return this.greeted
    if (this.child !== undefined) this.restarts += 1
    const now = yield* Clock.currentTimeMillis
    if (now < this.notBefore) yield* Effect.sleep(this.notBefore - now)
    const ready = this.spare.take()
    const child = ready ?? spawnChild(this.settings, this.platform)
    this.child = child
    this.loaded.clear()
    this.rooms.clear()
    this.allowed = 1
    this.startedAt = yield* Clock.currentTimeMillis
    this.lastUsed = this.startedAt
    this.limitMemory()
    if (ready === undefined) yield* greetChild(child, this.settings)
    this.greeted = child
    this.settings.onPoint("sandbox-started")
    return child
  }).pipe(Effect.tapError(() => this.noteUnexplained))

  /** Makes room for a segment's isolate; answers when it is there. */
  makeRoom(child: SandboxChild, segment: number): Effect.Effect<void> {
    this.rooms.add(segment)
    this.limitMemory()
    if (!this.platform.present.includes("prlimit")) return Effect.void
    // One after the other: who comes second may find that the first has made room for both.
    return this.widening.withPermit(
      Effect.suspend(() => {
        if (this.rooms.size <= this.allowed || child !== this.child) return Effect.void
        const isolates = this.rooms.size + roomsAtOnce - 1
        return Effect.map(allowIsolates(child, this.platform, isolates, this.settings.dataMiB), () => {
          if (child === this.child) this.allowed = isolates
        })
      })
    )
  }

  /** The process may hold this much heap in each of its isolates, and 150 MiB for itself. */
  allowMemory(memoryMiB: number): void {
    this.memoryMiB = Math.max(this.memoryMiB, memoryMiB)
    this.limitMemory()
  }

  private limitMemory(): void {
    const isolates = Math.max(1, this.rooms.size)
    if (this.child !== undefined && this.memoryMiB > 0)
      this.child.maxResidentBytes = (this.memoryMiB * isolates + 150) * 1024 * 1024
  }

  /** The segment is gone from the process. */
  forget(segment: number): void {
    this.loaded.delete(segment)
    this.rooms.delete(segment)
  }

  /** Asks the given process, when it has room for the question: it has the next while it answers one. */
  ask(
    child: SandboxChild,
    question: Question,
    sections: readonly Uint8Array[],
    wallMs: number
  ): Effect.Effect<Answered, ChildEnded> {
    return this.asking.withPermit(
      Effect.clockWith((clock) => {
        this.lastUsed = clock.currentTimeMillisUnsafe()
        return Effect.map(child.ask(question, sections, wallMs), (answered) => {
          this.unexplained = 0
          this.lastUsed = clock.currentTimeMillisUnsafe()
          if (child === this.child) this.noteLost(answered.answer)
          return answered
        })
      })
    )
  }

  /** Others had realms in the isolate that was ended. */
  private noteLost(answer: Answer): void {
    if (answer.is !== "stopped" && answer.is !== "evicted") return
    for (const segment of answer.lost) this.forget(segment)
    if (answer.is === "evicted" && answer.alone >= 0) this.alone.add(answer.alone)
  }

  /** A kill that no record explains: the next start waits, 100 ms and twice as long each time, up to 30 s. */
  readonly noteUnexplained: Effect.Effect<void> = Effect.gen({ self: this }, function* () {
    const now = yield* Clock.currentTimeMillis
    this.notBefore = now + Math.min(maxBackoffMs, firstBackoffMs * 2 ** Math.min(this.unexplained, 10))
    this.unexplained += 1
  })

  /** Its process has been asked something, and has not answered. */
  get isBusy(): boolean {
    return this.child?.isBusy ?? false
  }

  /** Kills the process when it is over its memory; true when it was. */
  checkMemory(): boolean {
    const { child } = this
    if (child === undefined || child.isEnded || child.residentBytes() <= child.maxResidentBytes) return false
    child.kill("memory")
    return true
  }

  /** Ends the process when nothing was asked of it for long. */
  parkWhenIdle(now: number): void {
    const { child } = this
    if (
      child === undefined ||
      child.isEnded ||
      child.isBusy ||
      now - this.lastUsed < this.settings.parkAfterMs
    )
      return
    this.close()
  }

  /** Has the process give back what it does not need, once after it was asked something, when it has been asked nothing for a while. */
  restWhenIdle(now: number): void {
    const { child, lastUsed, settings } = this
    if (child === undefined || child.isEnded || child.isBusy) return
    if (this.restedAt > lastUsed || now - lastUsed < settings.restAfterMs) return
    this.restedAt = now
    Effect.runFork(Effect.ignore(this.rest(child)))
  }

  /** One heap after the other: who calls meanwhile waits for one of them at most. */
  private readonly rest = Effect.fnUntraced(
    { self: this },
    function* (this: ProcessSlot, child: SandboxChild): Effect.fn.Return<void, ChildEnded> {
      let isMore = true
      for (let heaps = 0; isMore && heaps < mostHeaps && this.restedAt > this.lastUsed; heaps++) {
        const { answer } = yield* this.asking.withPermit(child.ask({ ask: "rest" }, [], restMs))
        isMore = answer.is === "rested" && answer.isMore
      }
      this.settings.onPoint("rested")
    }
  )

  close(): void {
    this.child?.kill("closed")
    this.child = undefined
    this.loaded.clear()
    this.rooms.clear()
  }
}
