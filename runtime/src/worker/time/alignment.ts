import * as Effect from "effect/Effect"
import type { WatermarkOptions } from "../../pipeline/index.ts"

/** A source's partitions read so far apart at least: less would make them take turns within what a batch holds. */
const leastDriftMs = 60_000

/**
 * Keeps a source's partitions together in event time: a task that is far ahead of the slowest one that has more to read lets that
 * one go first. Windows wait for the slowest partition anyhow; what the others read before is state that grows meanwhile.
 * Nobody waits for a partition that waits for records itself, nor for one that has ended or failed: the slowest of those that
 * read never waits, so that there is always one that goes on.
 */
export class Alignment {
  /** Watermarks of the tasks that have more to read, by the task's partition. */
  private readonly readers = new Map<number, number>()
  private readonly waiting = new Set<() => void>()
  private readonly driftMs: number

  constructor(options: WatermarkOptions | undefined) {
    this.driftMs = Math.max(leastDriftMs, options?.outOfOrdernessMs ?? 0)
  }

  /** The task goes on reading. `watermark`: ms since 1970; `-Infinity`: none yet. */
  reads(partition: number, watermark: number): void {
    this.readers.set(partition, watermark)
    this.wake()
  }

  /** The task waits for records, or has ended. */
  rests(partition: number): void {
    if (this.readers.delete(partition)) this.wake()
  }

  /** Another one is to go first. */
  isAhead(partition: number): boolean {
    const own = this.readers.get(partition) ?? -Infinity
    for (const watermark of this.readers.values()) if (own > watermark + this.driftMs) return true
    return false
  }

  /** Answers when no other one is to go first. */
  turn(partition: number): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const look = (): void => {
        if (this.isAhead(partition)) return
        this.waiting.delete(look)
        resume(Effect.void)
      }
      this.waiting.add(look)
      look()
      return Effect.sync(() => this.waiting.delete(look))
    })
  }

  private wake(): void {
    for (const look of this.waiting) look()
  }
}
