import * as Effect from "effect/Effect"
import type { PlatformGuards } from "./guards.ts"
import type { PoolSettings } from "./pool-options.ts"
import type { SandboxChild } from "./sandbox-child.ts"
import { greetChild, preloadChild, spawnChild } from "./start-child.ts"

const parkAfterMs = 30_000
/** Who has read a bundle plans and opens it at once: a start beside that would take a core from it. */
const startAfterMs = 200

/**
 * One process that is ready and belongs to nobody yet. Whoever builds, plans and publishes needs a new one again and
 * again, for each bundle is inspected in a process of its own, and starting one takes longer than what it is asked.
 * It is kept for 30 s after it was prepared. Where several domains are parked, one is kept for whoever wakes first.
 */
export class SpareChild {
  private ready: SandboxChild | undefined
  private starting: SandboxChild | undefined
  private preparedAt = 0
  private timer: NodeJS.Timeout | undefined
  private isClosed = false
  private library = ""
  private readonly settings: PoolSettings
  private readonly platform: PlatformGuards

  constructor(settings: PoolSettings, platform: PlatformGuards) {
    this.settings = settings
    this.platform = platform
  }

  get isReady(): boolean {
    return this.ready !== undefined && !this.ready.isEnded
  }

  /** The process, if there is one: from now on it is the caller's. */
  take(): SandboxChild | undefined {
    const ready = this.isReady ? this.ready : undefined
    this.ready = undefined
    return ready
  }

  /** What the next process runs ahead, for a bundle that begins with it. */
  preload(library: string): void {
    if (library === this.library) return
    this.library = library
    this.end()
  }

  /** Starts one in the background a moment later, if there is none then. */
  prepare(now: number): void {
    this.preparedAt = now
    // A row of inspections does not put it off: the next of them is to find it.
    this.timer ??= setTimeout(() => this.start(), startAfterMs).unref()
  }

  private start(): void {
    this.timer = undefined
    if (this.starting !== undefined || this.isReady || this.isClosed) return
    const child = spawnChild(this.settings, this.platform)
    const { library } = this
    this.starting = child
    Effect.runFork(
      greetChild(child, this.settings).pipe(
        Effect.andThen(library === "" ? Effect.void : preloadChild(child, this.settings, library)),
        Effect.match({
          // A process that does not start is met again, and reported, where one is needed.
          onFailure: () => child.kill("closed"),
          onSuccess: () => {
            if (library === this.library) this.ready = child
            else child.kill("closed")
          }
        }),
        Effect.ensuring(
          Effect.sync(() => {
            this.starting = undefined
          })
        )
      )
    )
  }

  parkWhenIdle(now: number): void {
    if (this.ready !== undefined && now - this.preparedAt >= parkAfterMs) this.end()
  }

  private end(): void {
    this.ready?.kill("closed")
    this.ready = undefined
  }

  close(): void {
    this.isClosed = true
    clearTimeout(this.timer)
    this.starting?.kill("closed")
    this.end()
  }
}
